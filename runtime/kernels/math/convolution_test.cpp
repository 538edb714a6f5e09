// Convolutions against sums in double that scatter instead of gather, for all levels that this CPU has, layouts,
// scratch and numbers of workers.

#include "convolution.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "check.h"
#include "levels.h"
#include "plain_convolution.h"
#include "random_floats.h"

namespace etbuild::kernels::math {
namespace {

struct Case {
  Convolution convolution;
  std::vector<float> in, weight, bias, out;
};

ImageStrides strides_of(ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width, bool is_channels_last) {
  if (is_channels_last) return {channels * height * width, 1, width * channels, channels};
  return {channels * height * width, height * width, width, 1};
}

// The output's size along an axis; 0 if the kernel does not fit.
ptrdiff_t out_size(bool is_transposed, ptrdiff_t in, ptrdiff_t kernel, ptrdiff_t stride, ptrdiff_t padding,
                   ptrdiff_t dilation, ptrdiff_t more) {
  const ptrdiff_t covered = dilation * (kernel - 1) + 1;
  if (is_transposed) return in == 0 ? 0 : (in - 1) * stride - 2 * padding + covered + more;
  return in + 2 * padding < covered ? 0 : (in + 2 * padding - covered) / stride + 1;
}

Case make_case(RandomNumbers& random, ConvolutionShape shape, bool is_channels_last) {
  Case c;
  shape.in = strides_of(shape.in_channels, shape.in_height, shape.in_width, is_channels_last);
  shape.out = strides_of(shape.out_channels, shape.out_height, shape.out_width, is_channels_last);
  c.in = random.floats(shape.batch * shape.in_channels * shape.in_height * shape.in_width);
  c.weight = random.floats(
      (shape.is_transposed ? shape.in_channels * shape.out_channels : shape.out_channels * shape.in_channels) /
      shape.groups * shape.kernel_height * shape.kernel_width);
  c.bias = random.floats(shape.out_channels);
  c.out = random.floats(shape.batch * shape.out_channels * shape.out_height * shape.out_width);
  c.convolution.shape = shape;
  c.convolution.in = c.in.data();
  c.convolution.weight = c.weight.data();
  if (random.below(2) == 0) c.convolution.bias = c.bias.data();
  if (random.below(3) == 0) c.convolution.lowest = 0;
  if (random.below(3) == 0) c.convolution.highest = 1;
  return c;
}

// Where an input's tap goes along an axis; -1: nowhere.
ptrdiff_t target(bool is_transposed, ptrdiff_t in, ptrdiff_t tap, ptrdiff_t stride, ptrdiff_t padding,
                 ptrdiff_t dilation, ptrdiff_t size) {
  ptrdiff_t at = is_transposed ? in * stride - padding + tap * dilation : in + padding - tap * dilation;
  if (at < 0) return -1;
  if (!is_transposed) {
    if (at % stride != 0) return -1;
    at /= stride;
  }
  return at < size ? at : -1;
}

std::vector<double> scattered(const Case& c) {
  const ConvolutionShape& s = c.convolution.shape;
  std::vector<double> sums(c.out.size());
  const ptrdiff_t in_group = s.in_channels / s.groups, out_group = s.out_channels / s.groups;
  for (ptrdiff_t n = 0; n < s.batch; ++n) {
    for (ptrdiff_t ic = 0; ic < s.in_channels; ++ic) {
      for (ptrdiff_t o = 0; o < out_group; ++o) {
        const ptrdiff_t oc = ic / in_group * out_group + o;
        const ptrdiff_t kernel = s.is_transposed ? ic * out_group + o : oc * in_group + ic % in_group;
        for (ptrdiff_t y = 0; y < s.in_height; ++y) {
          for (ptrdiff_t ky = 0; ky < s.kernel_height; ++ky) {
            const ptrdiff_t oy =
                target(s.is_transposed, y, ky, s.stride_height, s.padding_top, s.dilation_height, s.out_height);
            if (oy < 0) continue;
            for (ptrdiff_t x = 0; x < s.in_width; ++x) {
              for (ptrdiff_t kx = 0; kx < s.kernel_width; ++kx) {
                const ptrdiff_t ox =
                    target(s.is_transposed, x, kx, s.stride_width, s.padding_left, s.dilation_width, s.out_width);
                if (ox < 0) continue;
                const ptrdiff_t from = n * s.in.batch + ic * s.in.channel + y * s.in.row + x * s.in.column;
                const ptrdiff_t to = n * s.out.batch + oc * s.out.channel + oy * s.out.row + ox * s.out.column;
                const ptrdiff_t tap = (kernel * s.kernel_height + ky) * s.kernel_width + kx;
                sums[static_cast<size_t>(to)] += static_cast<double>(c.in[static_cast<size_t>(from)]) *
                                                 static_cast<double>(c.weight[static_cast<size_t>(tap)]);
              }
            }
          }
        }
      }
    }
  }
  for (ptrdiff_t n = 0; n < s.batch; ++n) {
    for (ptrdiff_t oc = 0; oc < s.out_channels; ++oc) {
      for (ptrdiff_t y = 0; y < s.out_height; ++y) {
        for (ptrdiff_t x = 0; x < s.out_width; ++x) {
          double& sum =
              sums[static_cast<size_t>(n * s.out.batch + oc * s.out.channel + y * s.out.row + x * s.out.column)];
          if (c.convolution.bias != nullptr) sum += static_cast<double>(c.bias[static_cast<size_t>(oc)]);
          if (sum < static_cast<double>(c.convolution.lowest)) sum = static_cast<double>(c.convolution.lowest);
          if (sum > static_cast<double>(c.convolution.highest)) sum = static_cast<double>(c.convolution.highest);
        }
      }
    }
  }
  return sums;
}

// Runs units last to first in three parts, as if by workers of their own.
void run_backwards(void*, ptrdiff_t count, UnitsFn units, void* state) {
  const ptrdiff_t part = (count + 2) / 3;
  for (int worker = 2; worker >= 0; --worker) {
    const ptrdiff_t begin = worker * part;
    const ptrdiff_t end = begin + part < count ? begin + part : count;
    if (begin < end) units(state, begin, end, worker);
  }
}

bool is_near(const std::vector<float>& got, const std::vector<double>& want, ptrdiff_t depth) {
  for (size_t i = 0; i < got.size(); ++i) {
    if (!(std::fabs(static_cast<double>(got[i]) - want[i]) < 1e-6 * static_cast<double>(depth + 4))) return false;
  }
  return true;
}

#if defined(__x86_64__)
constexpr int kFast = 1;
#elif defined(__linux__) || defined(__wasi__)
constexpr int kFast = 4;  // Below an emulator, fewer shapes do.
#else
constexpr int kFast = 20;  // And on a board, fewer still: its memory is small.
#endif

const Level kLevels[] = {Level::kBaseline, Level::kAvx2, Level::kAvx512};

void check_shape(RandomNumbers& random, const ConvolutionShape& shape, bool is_channels_last) {
  Case c = make_case(random, shape, is_channels_last);
  const std::vector<double> want = scattered(c);
  const std::vector<float> before = c.out;
  const ptrdiff_t depth = shape.in_channels * shape.kernel_height * shape.kernel_width;
  bool holds = true;
  for (const Level level : kLevels) {
    if (!force_level(level)) continue;
    c.convolution.out = c.out.data();
    c.out = before;
    if (level == Level::kBaseline) {  // Plain loops.
      convolve(c.convolution);
      holds = holds && is_near(c.out, want, depth);
    }
    std::vector<char> memory(convolution_scratch(c.convolution, 1));
    c.out = before;
    convolve(c.convolution, {memory.data(), memory.size()});
    holds = holds && is_near(c.out, want, depth);
    const std::vector<float> alone = c.out;
    std::vector<char> more(convolution_scratch(c.convolution, 3));
    c.out = before;
    convolve(c.convolution, {more.data(), more.size()}, {3, run_backwards, nullptr});
    holds = holds && c.out == alone;
    c.out = before;
    convolve(c.convolution, {memory.data(), memory.size() / (shape.is_transposed ? 1 : 2)});
    holds = holds && is_near(c.out, want, depth);
    if (!holds) break;
  }
  CHECK(holds);
  if (holds) return;
  const ConvolutionShape& s = shape;
  std::printf(
      "level %d, last %d transposed %d: %d x %d -> %d of %d groups, %d x %d, kernel %d x %d, stride %d x %d, "
      "padding %d x %d, dilation %d x %d\n",
      static_cast<int>(level()), is_channels_last, s.is_transposed, static_cast<int>(s.batch),
      static_cast<int>(s.in_channels), static_cast<int>(s.out_channels), static_cast<int>(s.groups),
      static_cast<int>(s.in_height), static_cast<int>(s.in_width), static_cast<int>(s.kernel_height),
      static_cast<int>(s.kernel_width), static_cast<int>(s.stride_height), static_cast<int>(s.stride_width),
      static_cast<int>(s.padding_top), static_cast<int>(s.padding_left), static_cast<int>(s.dilation_height),
      static_cast<int>(s.dilation_width));
}

ConvolutionShape random_shape(RandomNumbers& random, bool is_transposed) {
  ConvolutionShape s;
  s.is_transposed = is_transposed;
  s.batch = 1 + random.below(2);
  const ptrdiff_t kind = random.below(3);
  s.groups = kind == 0 ? 1 : 1 + random.below(kind == 2 ? 40 : 6);
  s.in_channels = s.groups * (kind == 2 ? 1 : 1 + random.below(9));
  s.out_channels = s.groups * (kind == 2 && random.below(2) == 0 ? 1 : 1 + random.below(20));
  s.in_height = 1 + random.below(20);
  s.in_width = 1 + random.below(40);
  const ptrdiff_t kernel = 1 + random.below(5);
  s.kernel_height = random.below(3) == 0 ? 1 + random.below(4) : kernel;
  s.kernel_width = kernel;
  const ptrdiff_t stride = 1 + random.below(3);
  s.stride_height = random.below(4) == 0 ? 1 + random.below(3) : stride;
  s.stride_width = stride;
  s.padding_top = random.below(s.kernel_height + 1);
  s.padding_left = random.below(s.kernel_width + 1);
  if (random.below(3) == 0) {
    s.dilation_height = 1 + random.below(3);
    s.dilation_width = 1 + random.below(3);
  }
  s.out_height = out_size(is_transposed, s.in_height, s.kernel_height, s.stride_height, s.padding_top,
                          s.dilation_height, random.below(s.stride_height));
  s.out_width = out_size(is_transposed, s.in_width, s.kernel_width, s.stride_width, s.padding_left, s.dilation_width,
                         random.below(s.stride_width));
  return s;
}

TEST(convolutions_of_random_shapes_are_the_sums) {
  RandomNumbers random(11);
  for (int done = 0; done < 240 / kFast;) {
    const ConvolutionShape shape = random_shape(random, false);
    if (shape.out_height <= 0 || shape.out_width <= 0) continue;
    check_shape(random, shape, random.below(3) == 0);
    ++done;
  }
}

TEST(transposed_convolutions_of_random_shapes_are_the_sums) {
  RandomNumbers random(12);
  for (int done = 0; done < 120 / kFast;) {
    const ConvolutionShape shape = random_shape(random, true);
    if (shape.out_height <= 0 || shape.out_width <= 0) continue;
    check_shape(random, shape, random.below(3) == 0);
    ++done;
  }
}

TEST(depthwise_convolutions_of_usual_shapes_are_the_sums) {
  RandomNumbers random(13);
  for (const ptrdiff_t kernel : {1, 3, 5, 7}) {
    for (const ptrdiff_t stride : {1, 2, 3}) {
      for (const ptrdiff_t size : {1, 2, 7, 8, 14, 17, 33}) {
        if (size > 40 / kFast) continue;
        ConvolutionShape s;
        s.groups = s.in_channels = s.out_channels = 3;
        s.in_height = size;
        s.in_width = size + random.below(3);
        s.kernel_height = s.kernel_width = kernel;
        s.stride_height = s.stride_width = stride;
        s.padding_top = s.padding_left = kernel / 2;
        s.out_height = out_size(false, s.in_height, kernel, stride, kernel / 2, 1, 0);
        s.out_width = out_size(false, s.in_width, kernel, stride, kernel / 2, 1, 0);
        check_shape(random, s, false);
      }
    }
  }
}

TEST(pointwise_convolutions_are_products) {
  RandomNumbers random(14);
  for (const ptrdiff_t pixels : {1, 3, 16, 49}) {
    for (const ptrdiff_t channels : {1, 17, 40}) {
      ConvolutionShape s;
      s.in_channels = channels;
      s.out_channels = 33;
      s.in_width = s.out_width = pixels;
      check_shape(random, s, false);
      check_shape(random, s, true);
    }
  }
}

TEST(sums_may_wrap_around) {
  ConvolutionShape s;
  s.in_channels = s.out_channels = 1;
  s.in_width = s.kernel_width = 2;
  s.in = {2, 2, 2, 1};
  s.out = {1, 1, 1, 1};
  const int32_t in[] = {2000000000, 2000000000};
  const int32_t weight[] = {1, 1};
  CHECK(static_cast<int32_t>(convolve_at<uint32_t>(s, in, weight, 0, 0, 0, 0)) == -294967296);
}

}  // namespace
}  // namespace etbuild::kernels::math

TEST_MAIN()
