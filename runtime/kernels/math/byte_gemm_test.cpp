// Products of bytes are exact: on all levels, with offsets, tails and the largest of bytes.

#include "byte_gemm.h"

#include <cstdint>
#include <vector>

#include "check.h"
#include "levels.h"
#include "random_floats.h"

namespace etbuild::kernels::math {
namespace {

const Level kLevels[] = {Level::kBaseline, Level::kAvx2, Level::kAvx512};

struct Out {
  std::vector<int32_t> sums;
  ptrdiff_t columns;
};

void write_sums(void* state, ptrdiff_t row, ptrdiff_t column, const int32_t* sums, ptrdiff_t count) {
  Out& out = *static_cast<Out*>(state);
  for (ptrdiff_t j = 0; j < count; ++j) out.sums[static_cast<size_t>(row * out.columns + column + j)] = sums[j];
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

std::vector<int8_t> random_bytes(RandomNumbers& random, ptrdiff_t count, bool are_least) {
  std::vector<int8_t> bytes(static_cast<size_t>(count));
  for (int8_t& byte : bytes) byte = are_least ? INT8_MIN : static_cast<int8_t>(random.below(256) - 128);
  return bytes;
}

void check_product(RandomNumbers& random, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth) {
  const bool are_least = random.below(5) == 0;
  const ptrdiff_t gap = random.below(3);
  const std::vector<int8_t> a = random_bytes(random, rows * (depth + gap), are_least);
  const std::vector<int8_t> b = random_bytes(random, columns * (depth + gap), are_least);
  std::vector<int32_t> bias(static_cast<size_t>(columns));
  for (int32_t& number : bias) number = static_cast<int32_t>(random.next());
  Out out = {std::vector<int32_t>(static_cast<size_t>(rows * columns), 7), columns};
  ByteGemm gemm;
  gemm.rows = rows;
  gemm.columns = columns;
  gemm.depth = depth;
  gemm.a = a.data();
  gemm.b = b.data();
  gemm.a_row_stride = gemm.b_column_stride = depth + gap;
  if (random.below(2) == 0) gemm.a_offset = static_cast<int32_t>(random.below(256)) - 128;
  if (random.below(3) == 0) gemm.b_offset = static_cast<int32_t>(random.below(256)) - 128;
  if (random.below(2) == 0) gemm.bias = bias.data();
  gemm.finish = write_sums;
  gemm.state = &out;
  std::vector<int32_t> want;
  for (ptrdiff_t i = 0; i < rows; ++i) {
    for (ptrdiff_t j = 0; j < columns; ++j) {
      uint32_t sum = gemm.bias == nullptr ? 0 : static_cast<uint32_t>(bias[static_cast<size_t>(j)]);
      for (ptrdiff_t k = 0; k < depth; ++k) {
        sum += static_cast<uint32_t>((a[static_cast<size_t>(i * (depth + gap) + k)] + gemm.a_offset) *
                                     (b[static_cast<size_t>(j * (depth + gap) + k)] + gemm.b_offset));
      }
      want.push_back(static_cast<int32_t>(sum));
    }
  }
  for (const Level level : kLevels) {
    if (!force_level(level)) continue;
    multiply_bytes(gemm);
    CHECK(out.sums == want);
    out.sums.assign(out.sums.size(), 7);
    multiply_bytes(gemm, {3, run_backwards, nullptr});
    CHECK(out.sums == want);
  }
}

TEST(products_of_bytes_are_exact) {
  RandomNumbers random(31);
  for (const ptrdiff_t rows : {0, 1, 3, 4, 37}) {
    for (const ptrdiff_t columns : {0, 1, 2, 63, 70}) {
      for (const ptrdiff_t depth : {0, 1, 15, 16, 64, 67, 200}) check_product(random, rows, columns, depth);
    }
  }
}

}  // namespace
}  // namespace etbuild::kernels::math

TEST_MAIN()
