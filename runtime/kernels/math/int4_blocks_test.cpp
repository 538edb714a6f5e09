// Products with whole numbers of 4 bits against the same in double, rows rounded one number after the other, for all
// levels that this CPU has.

#include <cmath>
#include <cstdint>
#include <vector>

#include "blocks.h"
#include "check.h"
#include "levels.h"
#include "random_floats.h"

namespace etbuild::kernels::math {
namespace {

const Level kLevels[] = {Level::kBaseline, Level::kAvx2, Level::kAvx512};

// A row rounded to 8 bits about a zero point, as floats again: torchao's arithmetic, in float32.
std::vector<double> rounded_row(const float* row, ptrdiff_t count) {
  float least = 0, largest = 0;
  for (ptrdiff_t k = 0; k < count; ++k) {
    least = std::fmin(least, row[k]);
    largest = std::fmax(largest, row[k]);
  }
  const float scale = std::fmax((largest - least) / 255.0f, 1.17549435e-38f);
  const float zero = std::fmin(std::fmax(-128.0f - std::nearbyint(least / scale), -128.0f), 127.0f);
  std::vector<double> rounded;
  for (ptrdiff_t k = 0; k < count; ++k) {
    const float q = std::fmin(std::fmax(std::nearbyint(row[k] * (1.0f / scale)) + zero, -128.0f), 127.0f);
    rounded.push_back(static_cast<double>(q - zero) * static_cast<double>(scale));
  }
  return rounded;
}

// A product over memory of its own.
struct Case {
  std::vector<float> a, scales, bias, out;
  std::vector<uint8_t> weights;
  BlockProduct product;

  Case(RandomNumbers& random, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, ptrdiff_t group)
      : a(random.floats(rows * depth)),
        scales(random.floats(columns * depth / group)),
        bias(random.floats(columns)),
        out(static_cast<size_t>(rows * columns), 7.0f),
        weights(static_cast<size_t>(columns * depth / 2)) {
    for (uint8_t& byte : weights) byte = static_cast<uint8_t>(random.next());
    product.rows = rows;
    product.columns = columns;
    product.depth = product.a_row_stride = depth;
    product.a = a.data();
    product.weights = weights.data();
    product.format = BlockFormat::kInt4;
    product.scales = scales.data();
    product.group = group;
    product.bias = random.below(2) == 0 ? bias.data() : nullptr;
    product.out = out.data();
    product.out_row_stride = columns;
  }

  double weight(ptrdiff_t column, ptrdiff_t k) const {
    const uint8_t both = weights[static_cast<size_t>((column * product.depth + k) / 32 * 16 + k % 16)];
    const int q = (k % 32 < 16 ? both & 15 : both >> 4) - 8;
    return q * static_cast<double>(scales[static_cast<size_t>((column * product.depth + k) / product.group)]);
  }

  // The largest error, in units of what sums in float may do.
  double error() const {
    double worst = 0;
    for (ptrdiff_t i = 0; i < product.rows; ++i) {
      const std::vector<double> row = rounded_row(product.a + i * product.a_row_stride, product.depth);
      for (ptrdiff_t j = 0; j < product.columns; ++j) {
        double sum = product.bias == nullptr ? 0 : static_cast<double>(product.bias[j]);
        double allowed = 1e-6;
        for (ptrdiff_t k = 0; k < product.depth; ++k) {
          const double each = row[static_cast<size_t>(k)] * weight(j, k);
          sum += each;
          allowed += std::fabs(each) * 2e-6;
        }
        const double error =
            std::fabs(static_cast<double>(product.out[i * product.out_row_stride + j]) - sum) / allowed;
        if (!(error <= worst)) worst = error;
      }
    }
    return worst;
  }
};

TEST(int4_products_are_those_of_rows_rounded_to_8_bits) {
  RandomNumbers random(31);
  for (const ptrdiff_t rows : {0, 1, 3, 4, 9}) {
    for (const ptrdiff_t columns : {0, 1, 2, 33, 70}) {
      for (const ptrdiff_t group : {32, 64, 96}) {
        for (const ptrdiff_t groups : {1, 2, 6}) {
          Case at(random, rows, columns, groups * group, group);
          multiply_blocks(at.product);
          CHECK(at.error() <= 1);
          std::vector<char> memory(block_scratch(at.product));
          for (const Level level : kLevels) {
            if (!force_level(level)) continue;
            multiply_blocks(at.product, {memory.data(), memory.size()});
            CHECK(at.error() <= 1);
          }
        }
      }
    }
  }
}

TEST(int4_rows_of_one_sign_of_wide_range_and_of_zeros_are_rounded_about_their_zero) {
  RandomNumbers random(32);
  for (const float factor : {1.0f, -1.0f, 1e-30f, 1e-40f, 0.0f, 3e30f}) {
    Case at(random, 4, 8, 64, 32);
    for (float& number : at.a) number = std::fabs(number) * factor;
    at.product.bias = nullptr;
    std::vector<char> memory(block_scratch(at.product));
    for (const Level level : kLevels) {
      if (!force_level(level)) continue;
      multiply_blocks(at.product, {memory.data(), memory.size()});
      CHECK(at.error() <= 1);
    }
  }
}

TEST(int4_rows_with_a_number_that_is_not_finite_give_nan_and_no_other_row) {
  RandomNumbers random(33);
  for (const float number : {NAN, INFINITY, -INFINITY, 3e38f}) {
    Case at(random, 2, 3, 64, 64);
    at.a[40] = number;
    at.a[50] = -3e38f;  // With 3e38 a range that is infinite.
    std::vector<char> memory(block_scratch(at.product));
    for (const Level level : kLevels) {
      if (!force_level(level)) continue;
      multiply_blocks(at.product, {memory.data(), memory.size()});
      for (size_t j = 0; j < 3; ++j) CHECK(std::isnan(at.out[j]) && std::isfinite(at.out[3 + j]));
    }
  }
}

}  // namespace
}  // namespace etbuild::kernels::math

TEST_MAIN()
