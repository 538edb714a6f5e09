// Products with GGUF's blocks against sums in double, for all levels that this CPU has.

#include "blocks.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "check.h"
#include "levels.h"
#include "random_floats.h"

namespace etbuild::kernels::math {
namespace {

const Level kLevels[] = {Level::kBaseline, Level::kAvx2, Level::kAvx512};
const BlockFormat kFormats[] = {BlockFormat::kQ4_0, BlockFormat::kQ4_1, BlockFormat::kQ8_0};

// Blocks of random bits whose scales are between 1/1024 and 1/32, of both signs.
std::vector<uint8_t> random_blocks(RandomNumbers& random, BlockFormat format, ptrdiff_t count) {
  std::vector<uint8_t> bytes(static_cast<size_t>(count * block_bytes(format)));
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.next());
  for (ptrdiff_t block = 0; block < count; ++block) {
    for (ptrdiff_t half = 0; half < (format == BlockFormat::kQ4_1 ? 2 : 1); ++half) {
      uint8_t& high = bytes[static_cast<size_t>(block * block_bytes(format) + 2 * half + 1)];
      high = static_cast<uint8_t>((high & 0x80) | (0x14 + (high & 0x0f)));
    }
  }
  return bytes;
}

TEST(halves_are_read_as_numbers) {
  CHECK(float_of_half(0x3c00) == 1.0f);
  CHECK(float_of_half(0xc000) == -2.0f);
  CHECK(float_of_half(0x0001) == 5.9604644775390625e-8f);
  CHECK(float_of_half(0x03ff) == 1023 * 5.9604644775390625e-8f);
  CHECK(float_of_half(0x0400) == 6.103515625e-5f);
  CHECK(float_of_half(0x7bff) == 65504.0f);
  CHECK(float_of_half(0x7c00) == INFINITY);
  CHECK(std::isnan(float_of_half(0x7e00)));
  CHECK(float_of_half(0x8000) == 0 && std::signbit(float_of_half(0x8000)));
}

TEST(blocks_are_read_in_the_order_of_the_format) {
  uint8_t q4_0[18] = {0x00, 0x3c};
  q4_0[2] = 0xf1;  // Weight 0 is 1, weight 16 is 15.
  float weights[32];
  read_blocks(BlockFormat::kQ4_0, q4_0, weights, 32);
  CHECK(weights[0] == -7 && weights[16] == 7 && weights[1] == -8);
  uint8_t q4_1[20] = {0x00, 0x3c, 0x00, 0x40};
  q4_1[4] = 0xf1;
  read_blocks(BlockFormat::kQ4_1, q4_1, weights, 32);
  CHECK(weights[0] == 3 && weights[16] == 17 && weights[31] == 2);
  uint8_t q8_0[34] = {0x00, 0xbc};
  q8_0[2] = 0x80;
  q8_0[33] = 5;
  read_blocks(BlockFormat::kQ8_0, q8_0, weights, 32);
  CHECK(weights[0] == 128 && weights[31] == -5);
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

// The largest error, in units of what rounding to 16 bits may do.
double error_of(const BlockProduct& product) {
  double worst = 0;
  std::vector<float> weights(static_cast<size_t>(product.depth));
  const ptrdiff_t row_bytes = product.depth / 32 * block_bytes(product.format);
  for (ptrdiff_t j = 0; j < product.columns; ++j) {
    read_blocks(product.format, static_cast<const uint8_t*>(product.weights) + j * row_bytes, weights.data(),
                product.depth);
    for (ptrdiff_t i = 0; i < product.rows; ++i) {
      double sum = product.bias == nullptr ? 0 : static_cast<double>(product.bias[j]);
      double allowed = 1e-5;
      for (ptrdiff_t k = 0; k < product.depth; ++k) {
        const double weight = static_cast<double>(weights[static_cast<size_t>(k)]);
        sum += static_cast<double>(product.a[i * product.a_row_stride + k]) * weight;
        allowed += std::fabs(weight) * (1.5001 / 127 / 256 + 1e-6);  // The largest of a is 1.
      }
      const double got = static_cast<double>(product.out[i * product.out_row_stride + j]);
      const double error = std::fabs(got - sum) / allowed;
      if (!(error <= worst)) worst = error;
    }
  }
  return worst;
}

TEST(products_are_the_sums_but_for_rounding) {
  RandomNumbers random(21);
  for (const BlockFormat format : kFormats) {
    for (const ptrdiff_t rows : {0, 1, 3, 4, 9}) {
      for (const ptrdiff_t columns : {0, 1, 2, 33, 70}) {
        for (const ptrdiff_t depth : {0, 32, 64, 576}) {
          const std::vector<float> a = random.floats(rows * depth), bias = random.floats(columns);
          const std::vector<uint8_t> weights = random_blocks(random, format, columns * depth / 32);
          std::vector<float> out(static_cast<size_t>(rows * columns), 7.0f);
          BlockProduct product;
          product.rows = rows;
          product.columns = columns;
          product.depth = depth;
          product.a = a.data();
          product.a_row_stride = depth;
          product.weights = weights.data();
          product.format = format;
          product.bias = random.below(2) == 0 ? bias.data() : nullptr;
          product.out = out.data();
          product.out_row_stride = columns;
          multiply_blocks(product);
          CHECK(error_of(product) <= 1);
          std::vector<char> memory(block_scratch(product));
          for (const Level level : kLevels) {
            if (!force_level(level)) continue;
            multiply_blocks(product, {memory.data(), memory.size()});
            CHECK(error_of(product) <= 1);
            const std::vector<float> whole(out.begin(), out.end());
            multiply_blocks(product, {memory.data(), memory.size()}, {3, run_backwards, nullptr});
            CHECK(out == whole);
            if (rows == 0 || depth == 0) continue;
            multiply_blocks(product,
                            {memory.data(), memory.size() / 2 + memory.size() / static_cast<size_t>(rows) / 2});
            CHECK(out == whole || rows == 1);
          }
        }
      }
    }
  }
}

TEST(numbers_that_are_not_finite_give_nan_and_tiny_ones_nothing) {
  RandomNumbers random(22);
  const std::vector<uint8_t> weights = random_blocks(random, BlockFormat::kQ4_1, 1);
  for (const float number : {NAN, INFINITY, -INFINITY, 1e-40f, 0.0f}) {
    std::vector<float> a(32, number);
    float out = 7;
    BlockProduct product;
    product.rows = product.columns = 1;
    product.depth = product.a_row_stride = 32;
    product.a = a.data();
    product.weights = weights.data();
    product.format = BlockFormat::kQ4_1;
    product.out = &out;
    product.out_row_stride = 1;
    std::vector<char> memory(block_scratch(product));
    for (const Level level : kLevels) {
      if (!force_level(level)) continue;
      multiply_blocks(product, {memory.data(), memory.size()});
      CHECK(std::isfinite(number) ? std::fabs(out) < 1e-30f : std::isnan(out));
    }
  }
}

}  // namespace
}  // namespace etbuild::kernels::math

TEST_MAIN()
