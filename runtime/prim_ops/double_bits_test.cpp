#include "double_bits.h"

#include <cmath>
#include <initializer_list>

#include "check.h"

namespace {

using executorch::runtime::prim_ops::floor_divided;
using executorch::runtime::prim_ops::rounded;
using executorch::runtime::prim_ops::to_double;
using executorch::runtime::prim_ops::truncated;

constexpr double kInfinite = __builtin_inf();

TEST(what_has_no_int_part_is_the_lowest_int) {
  CHECK(truncated(2.9) == 2 && truncated(-2.9) == -2);
  CHECK(truncated(9223372036854774784.0) == 9223372036854774784);
  CHECK(truncated(-9223372036854775808.0) == INT64_MIN);
  for (const double value : {9223372036854775808.0, 1e300, -1e300, kInfinite, -kInfinite, __builtin_nan("")}) {
    CHECK(truncated(value) == INT64_MIN);
    CHECK(rounded(value, true) == INT64_MIN && rounded(value, false) == INT64_MIN);
  }
}

TEST(ints_become_the_doubles_that_a_cast_gives) {
  uint64_t state = 1;
  for (int i = 0; i < 2000; ++i) {
    state = state * 6364136223846793005 + 1442695040888963407;
    const int64_t value = static_cast<int64_t>(state) >> (i % 60);
    CHECK(to_double(value) == static_cast<double>(value));
  }
  for (const int64_t value : {INT64_MIN, INT64_MAX, int64_t{0}, int64_t{-1}, (int64_t{1} << 53) + 1}) {
    CHECK(to_double(value) == static_cast<double>(value));
  }
}

TEST(halves_are_rounded_to_the_even_int) {
  CHECK(rounded(0.5, false) == 0 && rounded(1.5, false) == 2 && rounded(2.5, false) == 2);
  CHECK(rounded(-0.5, false) == 0 && rounded(-1.5, false) == -2 && rounded(-2.5, false) == -2);
  CHECK(rounded(0.49999999999999994, false) == 0 && rounded(-0.49999999999999994, false) == 0);
  CHECK(rounded(4503599627370497.5, false) == 4503599627370498);
  CHECK(rounded(4503599627370495.5, false) == 4503599627370496);
  CHECK(rounded(9007199254740993.0, false) == 9007199254740992);
}

TEST(up_is_the_next_int_that_is_not_less) {
  CHECK(rounded(2.1, true) == 3 && rounded(2, true) == 2 && rounded(-2.9, true) == -2 && rounded(-0.1, true) == 0);
  CHECK(rounded(2.9, true) == 3 && rounded(0.5, true) == 1 && rounded(1.5, true) == 2 && rounded(-1.5, true) == -1);
  CHECK(rounded(4503599627370495.5, true) == 4503599627370496);
}

// What C's library says.
double expected_quotient(double a, double b) {
  const double rest = std::fmod(a, b);
  const double quotient = (a - rest) / b;
  return rest != 0 && (rest < 0) != (b < 0) ? quotient - 1 : quotient;
}

bool is_same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

TEST(remainders_are_exact) {
  const double values[] = {0.0,
                           -0.0,
                           1,
                           -1,
                           0.1,
                           -0.1,
                           1e300,
                           -1e300,
                           kInfinite,
                           -kInfinite,
                           0.3,
                           3,
                           6,
                           -7,
                           5e-324,
                           -5e-324,
                           1e-310,
                           1.7976931348623157e308,
                           1e17,
                           10.5,
                           3.0001,
                           123456789.,
                           __builtin_nan("")};
  for (const double a : values) {
    for (const double b : values) {
      if (b != 0) CHECK(is_same(floor_divided(a, b), expected_quotient(a, b)));
    }
  }
  CHECK(floor_divided(1, 0) == kInfinite && floor_divided(-1, 0.0) == -kInfinite);
  CHECK(floor_divided(1, -0.0) == kInfinite && floor_divided(-0.0, 0) == -kInfinite);
}

TEST(remainders_of_many_numbers_are_exact) {
  uint64_t state = 1;
  for (int i = 0; i < 2000; ++i) {
    state = state * 6364136223846793005 + 1442695040888963407;
    const double a = static_cast<double>(static_cast<int64_t>(state)) / 1048576;
    state = state * 6364136223846793005 + 1442695040888963407;
    const double b = static_cast<double>(static_cast<int64_t>(state >> 20)) / 1024 - 1e9;
    CHECK(is_same(floor_divided(a, b), expected_quotient(a, b)));
  }
}

}  // namespace

TEST_MAIN()
