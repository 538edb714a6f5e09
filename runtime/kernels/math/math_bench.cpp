// How fast the functions of this folder are on this CPU, by level: printed, judged by nobody.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "gemm.h"
#include "levels.h"
#include "random_floats.h"

namespace {

using namespace etbuild::kernels::math;

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

// Seconds of the fastest of many calls.
template <typename Function>
double fastest(Function function) {
  double best = 1e9;
  const double end = seconds() + 0.3;
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

}  // namespace

int main() {
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
