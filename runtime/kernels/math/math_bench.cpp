// How fast the functions of this folder are on this CPU, by level: printed, judged by nobody.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "blocks.h"
#include "convolution.h"
#include "gemm.h"
#include "levels.h"
#include "random_floats.h"

namespace etbuild::kernels::math {
namespace {

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

// Seconds of the fastest of many calls.
template <typename Function>
double fastest(Function function, double duration = 0.3) {
  double best = 1e9;
  const double end = seconds() + duration;
  int calls = 0;
  while (calls < 3 || seconds() < end) {
    const double start = seconds();
    function();
    const double took = seconds() - start;
    best = took < best ? took : best;
    ++calls;
  }
  return best;
}

const char* name_of(Level level) {
  return level == Level::kAvx512 ? "avx512" : level == Level::kAvx2 ? "avx2" : "baseline";
}

void bench_gemm(const char* what, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, bool b_transposed,
                bool is_packed) {
  RandomNumbers random(1);
  const std::vector<float> a = random.floats(rows * depth), b = random.floats(depth * columns);
  std::vector<float> out(static_cast<size_t>(rows * columns));
  std::vector<float> packed(static_cast<size_t>(packed_floats(depth, columns)));
  Gemm gemm;
  gemm.rows = rows;
  gemm.columns = columns;
  gemm.depth = depth;
  gemm.a = {a.data(), depth, 1};
  gemm.b = b_transposed ? Matrix{b.data(), 1, depth} : Matrix{b.data(), columns, 1};
  gemm.out = out.data();
  gemm.out_row_stride = columns;
  if (is_packed) {
    pack_b(gemm.b, depth, columns, packed.data());
    gemm.packed_b = packed.data();
  }
  std::printf("%-10s %4d x %5d x %4d", what, static_cast<int>(rows), static_cast<int>(columns),
              static_cast<int>(depth));
  for (const Level level : {Level::kBaseline, Level::kAvx2, Level::kAvx512}) {
    if (!force_level(level)) continue;
    std::vector<char> memory(gemm_scratch(gemm, 1));
    const double took = fastest([&] { etbuild::kernels::math::gemm(gemm, {memory.data(), memory.size()}); });
    const double flops = 2.0 * static_cast<double>(rows * columns * depth);
    const double bytes = 4.0 * static_cast<double>(columns * depth);
    std::printf("   %s %8.1f us %6.1f GFLOP/s %5.1f GB/s", name_of(level), took * 1e6, flops / took * 1e-9,
                bytes / took * 1e-9);
  }
  std::printf("\n");
}

void bench_blocks(BlockFormat format, const char* name, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth) {
  RandomNumbers random(3);
  const std::vector<float> a = random.floats(rows * depth);
  const std::vector<unsigned char> weights(static_cast<size_t>(columns * depth / 32 * block_bytes(format)), 1);
  const std::vector<float> scales(static_cast<size_t>(columns * depth / kBlock), 1.0f);
  std::vector<float> out(static_cast<size_t>(rows * columns));
  BlockProduct product;
  product.rows = rows;
  product.columns = columns;
  product.depth = product.a_row_stride = depth;
  product.a = a.data();
  product.weights = weights.data();
  product.format = format;
  product.scales = scales.data();  // Of Int4.
  product.out = out.data();
  product.out_row_stride = columns;
  std::vector<char> memory(block_scratch(product));
  std::printf("%-10s %4d x %5d x %4d", name, static_cast<int>(rows), static_cast<int>(columns),
              static_cast<int>(depth));
  for (const Level level : {Level::kBaseline, Level::kAvx2, Level::kAvx512}) {
    if (!force_level(level)) continue;
    const double took = fastest([&] { multiply_blocks(product, {memory.data(), memory.size()}); });
    std::printf("   %s %8.1f us %6.1f GFLOP/s %5.1f GB/s", name_of(level), took * 1e6,
                2e-9 * static_cast<double>(rows * columns * depth) / took,
                1e-9 * static_cast<double>(weights.size()) / took);
  }
  std::printf("\n");
}

// A layer of a network: square images and kernels.
struct Layer {
  ptrdiff_t in, out, groups, size, kernel, stride;
};

ConvolutionShape shape_of(const Layer& layer) {
  ConvolutionShape s;
  s.in_channels = layer.in;
  s.out_channels = layer.out;
  s.groups = layer.groups;
  s.in_height = s.in_width = layer.size;
  s.out_height = s.out_width = (layer.size - 1) / layer.stride + 1;
  s.kernel_height = s.kernel_width = layer.kernel;
  s.stride_height = s.stride_width = layer.stride;
  s.padding_top = s.padding_left = layer.kernel / 2;
  s.in = {layer.in * layer.size * layer.size, layer.size * layer.size, layer.size, 1};
  s.out = {layer.out * s.out_height * s.out_width, s.out_height * s.out_width, s.out_width, 1};
  return s;
}

// Adds the time of a network's convolutions, by kind.
void bench_network(const char* name, const std::vector<Layer>& layers, bool is_detailed) {
  RandomNumbers random(2);
  for (const Level level : {Level::kBaseline, Level::kAvx2, Level::kAvx512}) {
    if (!force_level(level)) continue;
    double total = 0, pointwise = 0, depthwise = 0, operations = 0;
    for (const Layer& layer : layers) {
      Convolution c;
      c.shape = shape_of(layer);
      const ptrdiff_t pixels = c.shape.out_height * c.shape.out_width;
      const std::vector<float> in = random.floats(layer.in * layer.size * layer.size);
      const std::vector<float> weight =
          random.floats(layer.out * layer.in / layer.groups * layer.kernel * layer.kernel);
      const std::vector<float> bias = random.floats(layer.out);
      std::vector<float> out(static_cast<size_t>(layer.out * pixels));
      c.in = in.data();
      c.weight = weight.data();
      c.bias = bias.data();
      c.lowest = 0;
      c.highest = 6;
      c.out = out.data();
      std::vector<char> memory(convolution_scratch(c, 1));
      const double took = fastest([&] { convolve(c, {memory.data(), memory.size()}); }, 0.02);
      const ptrdiff_t group = layer.in / layer.groups;
      const double flops =
          2.0 * static_cast<double>(layer.out * pixels * group * layer.kernel) * static_cast<double>(layer.kernel);
      total += took;
      operations += flops;
      (layer.groups > 1    ? depthwise
       : layer.kernel == 1 ? pointwise
                           : total) += layer.groups > 1 || layer.kernel == 1 ? took : 0;
      if (is_detailed && level == Level::kAvx512) {
        std::printf("  %4d -> %4d, %3d px, kernel %d, stride %d: %8.1f us %6.1f GFLOP/s\n", static_cast<int>(layer.in),
                    static_cast<int>(layer.out), static_cast<int>(layer.size), static_cast<int>(layer.kernel),
                    static_cast<int>(layer.stride), took * 1e6, flops / took * 1e-9);
      }
    }
    std::printf("%-16s %8s %8.3f ms (1x1 %.3f, depthwise %.3f) %6.1f GFLOP/s\n", name, name_of(level), total * 1e3,
                pointwise * 1e3, depthwise * 1e3, operations / total * 1e-9);
  }
}

std::vector<Layer> efficientnet_lite0() {
  struct Stage {
    ptrdiff_t expansion, kernel, stride, out, repeats;
  };
  std::vector<Layer> layers = {{3, 32, 1, 224, 3, 2}};
  ptrdiff_t channels = 32, size = 112;
  for (const Stage& stage : {Stage{1, 3, 1, 16, 1}, Stage{6, 3, 2, 24, 2}, Stage{6, 5, 2, 40, 2}, Stage{6, 3, 2, 80, 3},
                             Stage{6, 5, 1, 112, 3}, Stage{6, 5, 2, 192, 4}, Stage{6, 3, 1, 320, 1}}) {
    for (ptrdiff_t i = 0; i < stage.repeats; ++i) {
      const ptrdiff_t inner = channels * stage.expansion, stride = i == 0 ? stage.stride : 1;
      if (stage.expansion > 1) layers.push_back({channels, inner, 1, size, 1, 1});
      layers.push_back({inner, inner, inner, size, stage.kernel, stride});
      size = (size - 1) / stride + 1;
      layers.push_back({inner, stage.out, 1, size, 1, 1});
      channels = stage.out;
    }
  }
  layers.push_back({320, 1280, 1, 7, 1, 1});
  return layers;
}

void bench(bool is_detailed) {
  bench_network("EfficientNet-L0", efficientnet_lite0(), is_detailed);
  bench_network("ResNet block", {{64, 64, 1, 56, 3, 1}, {128, 128, 1, 28, 3, 1}, {512, 512, 1, 7, 3, 1}}, is_detailed);
  if (is_detailed) return;
  for (const ptrdiff_t rows : {1, 4, 128}) {
    bench_blocks(BlockFormat::kQ4_0, "Q4_0", rows, 1536, 576);
    bench_blocks(BlockFormat::kQ4_1, "Q4_1", rows, 1536, 576);
    bench_blocks(BlockFormat::kQ8_0, "Q8_0", rows, 1536, 576);
    bench_blocks(BlockFormat::kInt4, "Int4", rows, 1536, 576);
  }
  bench_blocks(BlockFormat::kQ8_0, "Q8_0", 1, 49152, 576);
  bench_gemm("mm", 256, 256, 256, false, false);
  bench_gemm("linear", 256, 256, 256, true, false);
  bench_gemm("packed", 256, 256, 256, true, true);
  bench_gemm("mm", 1024, 1024, 1024, false, false);
  bench_gemm("linear", 128, 1536, 576, true, false);
  bench_gemm("packed", 128, 1536, 576, true, true);
  for (const ptrdiff_t rows : {1, 2, 4, 5, 8, 9, 12, 16, 32}) {
    bench_gemm("linear", rows, 1536, 576, true, false);
    bench_gemm("packed", rows, 1536, 576, true, true);
    bench_gemm("mm", rows, 1536, 576, false, false);
  }
  bench_gemm("linear", 1, 256, 784, true, false);
  bench_gemm("linear", 1, 10, 256, true, false);
  bench_gemm("linear", 1, 49152, 576, true, false);
  bench_gemm("packed", 1, 49152, 576, true, true);
}

}  // namespace
}  // namespace etbuild::kernels::math

int main(int count, char** words) { etbuild::kernels::math::bench(count > 1 && words[1][0] == 'v'); }
