// Products against sums in double, for all levels that this CPU has, layouts, tails, scratch and numbers of workers.

#include "gemm.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

#include "check.h"
#include "levels.h"
#include "plain_gemm.h"
#include "random_floats.h"

namespace etbuild::kernels::math {
namespace {

// A product with its memory, so that the sanitizers see each read beyond a matrix.
struct Case {
  Gemm gemm;
  std::vector<float> a, b, packed, added, out;
};

Matrix matrix_of(const std::vector<float>& data, ptrdiff_t rows, ptrdiff_t columns, bool transposed, ptrdiff_t gap) {
  return transposed ? Matrix{data.data(), 1, rows + gap} : Matrix{data.data(), columns + gap, 1};
}

ptrdiff_t floats_of(ptrdiff_t rows, ptrdiff_t columns, bool transposed, ptrdiff_t gap) {
  if (rows == 0 || columns == 0) return 0;
  return transposed ? (columns - 1) * (rows + gap) + rows : (rows - 1) * (columns + gap) + columns;
}

Case make_case(RandomNumbers& random, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth) {
  Case c;
  const bool a_transposed = random.below(3) == 0;
  const bool b_transposed = random.below(2) == 0;
  const bool out_transposed = random.below(4) == 0;
  const ptrdiff_t gap = random.below(3);
  c.a = random.floats(floats_of(rows, depth, a_transposed, gap));
  c.b = random.floats(floats_of(depth, columns, b_transposed, gap));
  c.out = random.floats(floats_of(rows, columns, out_transposed, gap));
  Gemm& gemm = c.gemm;
  gemm.rows = rows;
  gemm.columns = columns;
  gemm.depth = depth;
  gemm.a = matrix_of(c.a, rows, depth, a_transposed, gap);
  gemm.b = matrix_of(c.b, depth, columns, b_transposed, gap);
  gemm.out = c.out.data();
  const Matrix out = matrix_of(c.out, rows, columns, out_transposed, gap);
  gemm.out_row_stride = out.row_stride;
  gemm.out_column_stride = out.column_stride;
  c.added = random.floats(rows * columns + 1);
  const Matrix additions[] = {{nullptr, 0, 0},        {c.added.data(), 0, 1},       {c.added.data(), 1, 0},
                              {c.added.data(), 0, 0}, {c.added.data(), columns, 1}, {c.added.data(), 1, rows}};
  gemm.added = additions[random.below(6)];
  if (random.below(3) == 0) {
    gemm.alpha = random.between(-2, 2);
    gemm.beta = random.between(-2, 2);
  }
  if (random.below(3) == 0) gemm.lowest = 0;
  if (random.below(3) == 0) gemm.highest = 0.75f;
  if (random.below(3) == 0) {
    c.packed.resize(static_cast<size_t>(packed_floats(depth, columns)));
    pack_b(gemm.b, depth, columns, c.packed.data());
    gemm.packed_b = c.packed.data();
    gemm.b = {};
    c.gemm = gemm;
  }
  return c;
}

// The largest difference from the sums in double, in units of what rounding may do.
double error_of(const Case& c, const Matrix& b) {
  const Gemm& gemm = c.gemm;
  double worst = 0;
  for (ptrdiff_t i = 0; i < gemm.rows; ++i) {
    for (ptrdiff_t j = 0; j < gemm.columns; ++j) {
      double sum = 0;
      double size = 0;
      for (ptrdiff_t k = 0; k < gemm.depth; ++k) {
        const double term = static_cast<double>(gemm.a.data[i * gemm.a.row_stride + k * gemm.a.column_stride]) *
                            static_cast<double>(b.data[k * b.row_stride + j * b.column_stride]);
        sum += term;
        size += std::fabs(term);
      }
      double want = static_cast<double>(gemm.alpha) * sum;
      size = size * std::fabs(static_cast<double>(gemm.alpha)) + 1;
      if (gemm.added.data != nullptr) {
        want += static_cast<double>(gemm.beta) *
                static_cast<double>(gemm.added.data[i * gemm.added.row_stride + j * gemm.added.column_stride]);
      }
      want = want < static_cast<double>(gemm.lowest) ? static_cast<double>(gemm.lowest) : want;
      want = want > static_cast<double>(gemm.highest) ? static_cast<double>(gemm.highest) : want;
      const double got = static_cast<double>(gemm.out[i * gemm.out_row_stride + j * gemm.out_column_stride]);
      const double error = std::fabs(got - want) / (size * 1.2e-7 * (2 + std::sqrt(static_cast<double>(gemm.depth))));
      if (!(error <= worst)) worst = error;
    }
  }
  return worst;
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

#if defined(__x86_64__)
constexpr int kFast = 1;
#elif defined(__linux__) || defined(__wasi__)
constexpr int kFast = 4;  // Below an emulator, fewer shapes do.
#else
constexpr int kFast = 20;  // And on a board, fewer still: its memory is small.
#endif

const Level kLevels[] = {Level::kBaseline, Level::kAvx2, Level::kAvx512};

void check_product(RandomNumbers& random, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth) {
  Case c = make_case(random, rows, columns, depth);
  const std::vector<float> before = c.out;
  for (const Level level : kLevels) {
    if (!force_level(level)) continue;
    c.out = before;
    gemm(c.gemm);
    const std::vector<float> without_scratch = c.out;
    const Matrix b = c.gemm.packed_b == nullptr ? c.gemm.b : matrix_of(c.b, depth, columns, false, 0);
    if (c.gemm.packed_b == nullptr) {
      const double error = error_of(c, b);
      CHECK(error <= 1);
      if (!(error <= 1)) {
        std::printf("level %d: %d x %d x %d: error %g\n", static_cast<int>(level), static_cast<int>(rows),
                    static_cast<int>(columns), static_cast<int>(depth), error);
      }
    }
    std::vector<char> memory(gemm_scratch(c.gemm, 1));
    c.out = before;
    gemm(c.gemm, {memory.data(), memory.size()});
    CHECK(c.out == without_scratch);
    memory.resize(gemm_scratch(c.gemm, 3));
    c.out = before;
    gemm(c.gemm, {memory.data(), memory.size()}, {3, run_backwards, nullptr});
    CHECK(c.out == without_scratch);
  }
}

TEST(products_of_all_small_sizes_are_the_sums) {
  RandomNumbers random(1);
  for (const ptrdiff_t rows : {0, 1, 2, 3, 5, 8, 13, 15, 29}) {
    for (const ptrdiff_t columns : {0, 1, 7, 9, 16, 17, 33, 65}) {
      for (const ptrdiff_t depth : {0, 1, 3, 17, 130}) {
        if (rows * columns * depth < 200000 / kFast) check_product(random, rows, columns, depth);
      }
    }
  }
}

TEST(products_of_random_sizes_are_the_sums) {
  RandomNumbers random(2);
  for (int i = 0; i < 20 / kFast; ++i) check_product(random, random.below(130), random.below(300), random.below(400));
  if (kFast > 4) return;
  check_product(random, 300, 20, 70);
  check_product(random, 9, 2000, 150);
}

TEST(packed_weights_give_the_bits_of_those_that_are_packed_when_run) {
  RandomNumbers random(3);
  for (const ptrdiff_t columns : {1, 15, 16, 40}) {
    const ptrdiff_t rows = 30, depth = 37;
    const std::vector<float> a = random.floats(rows * depth);
    const std::vector<float> b = random.floats(depth * columns);
    std::vector<float> packed(static_cast<size_t>(packed_floats(depth, columns)), 7.0f);
    pack_b({b.data(), columns, 1}, depth, columns, packed.data());
    for (ptrdiff_t k = 0; k < depth; ++k) {
      for (ptrdiff_t j = 0; j < (columns + 15) / 16 * 16; ++j) {
        const float want = j < columns ? b[static_cast<size_t>(k * columns + j)] : 0.0f;
        CHECK(packed[static_cast<size_t>((j / 16 * depth + k) * 16 + j % 16)] == want);
      }
    }
    std::vector<float> out(static_cast<size_t>(rows * columns));
    std::vector<float> other = out;
    Gemm gemm;
    gemm.rows = rows;
    gemm.columns = columns;
    gemm.depth = depth;
    gemm.a = {a.data(), depth, 1};
    gemm.b = {b.data(), columns, 1};
    gemm.out = out.data();
    gemm.out_row_stride = columns;
    for (const Level level : kLevels) {
      if (!force_level(level)) continue;
      gemm.packed_b = nullptr;
      gemm.out = out.data();
      etbuild::kernels::math::gemm(gemm);
      gemm.packed_b = packed.data();
      gemm.out = other.data();
      etbuild::kernels::math::gemm(gemm);
      CHECK(out == other);
    }
  }
}

TEST(not_a_number_passes_an_activation) {
  const float a[] = {NAN, 1};
  const float b[] = {2, -3};
  float out[4] = {};
  Gemm gemm;
  gemm.rows = 2;
  gemm.columns = 2;
  gemm.depth = 1;
  gemm.a = {a, 1, 1};
  gemm.b = {b, 2, 1};
  gemm.lowest = 0;
  gemm.out = out;
  gemm.out_row_stride = 2;
  for (const Level level : kLevels) {
    if (!force_level(level)) continue;
    etbuild::kernels::math::gemm(gemm);
    CHECK(std::isnan(out[0]) && std::isnan(out[1]) && out[2] == 2 && out[3] == 0);
  }
}

TEST(an_addition_may_be_the_output_itself) {
  RandomNumbers random(4);
  const ptrdiff_t rows = 40, columns = 50, depth = 300;
  const std::vector<float> a = random.floats(rows * depth), b = random.floats(depth * columns);
  std::vector<float> out = random.floats(rows * columns), added = out;
  Gemm gemm;
  gemm.rows = rows;
  gemm.columns = columns;
  gemm.depth = depth;
  gemm.a = {a.data(), depth, 1};
  gemm.b = {b.data(), columns, 1};
  gemm.added = {added.data(), columns, 1};
  gemm.out = out.data();
  gemm.out_row_stride = columns;
  std::vector<char> memory(gemm_scratch(gemm, 1));
  etbuild::kernels::math::gemm(gemm, {memory.data(), memory.size()});
  gemm.added = {added.data(), columns, 1};
  gemm.out = added.data();
  etbuild::kernels::math::gemm(gemm, {memory.data(), memory.size()});
  CHECK(out == added);
}

TEST(products_of_integers_wrap_around) {
  const int32_t a[] = {2147483647, 3};
  const int32_t b[] = {2, 5, -1, 7};
  int32_t out[2] = {};
  multiply_plainly<uint32_t>(1, 2, 2, MatrixOf<int32_t>{a, 2, 1}, MatrixOf<int32_t>{b, 2, 1},
                             [&](uint32_t sum, ptrdiff_t, ptrdiff_t j) { out[j] = static_cast<int32_t>(sum); });
  CHECK(out[0] == -5);           // 2 * 2147483647 wraps to -2.
  CHECK(out[1] == -2147483632);  // 5 * 2147483647 to 2147483643, and that + 21.
}

}  // namespace
}  // namespace etbuild::kernels::math

TEST_MAIN()
