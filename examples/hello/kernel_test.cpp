#include "examples/hello/kernel.h"

#include "testing/bare/check.h"

namespace {

constexpr std::size_t kLargest = 67;

// The same values on every device: the high bits of a linear congruential generator.
void fill(std::int8_t* values, std::size_t count, std::uint32_t seed) {
  for (std::size_t index = 0; index < count; ++index) {
    seed = seed * 1664525u + 1013904223u;
    values[index] = static_cast<std::int8_t>(seed >> 24);
  }
}

void every_length_gives_the_sum_by_definition() {
  std::int8_t left[kLargest], right[kLargest];
  fill(left, kLargest, 1);
  fill(right, kLargest, 2);
  std::int32_t sum = 0;
  for (std::size_t count = 0; count < kLargest; ++count) {
    CHECK(hello::dot(left, right, count) == sum);
    sum += left[count] * right[count];
  }
}

void the_least_values_do_not_overflow() {
  std::int8_t least[kLargest];
  for (std::int8_t& value : least) value = -128;
  CHECK(hello::dot(least, least, kLargest) == 16384 * static_cast<std::int32_t>(kLargest));
}

void a_layer_rounds_and_stays_within_bounds() {
  const std::int8_t weights[] = {1, 2, 3, -1, -2, -3, 127, 127, 127, -128, -128, -128}, input[] = {10, 20, 30};
  const std::int32_t bias[] = {1, -1, 0, 0};
  std::int8_t output[4];
  hello::fully_connected(weights, bias, input, 4, 3, {1 << 30, 1}, output);  // A quarter of the sum.
  const int expected[] = {35, -35, 127, -128};                               // 141 / 4, -141 / 4 and what is too much.
  for (int index = 0; index < 4; ++index) CHECK(output[index] == expected[index]);
}

}  // namespace

TESTS(TEST(every_length_gives_the_sum_by_definition), TEST(the_least_values_do_not_overflow),
      TEST(a_layer_rounds_and_stays_within_bounds))
