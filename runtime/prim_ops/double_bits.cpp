#include "double_bits.h"

#include <cstring>

namespace executorch::runtime::prim_ops {

namespace {

constexpr int64_t kInfinity = 0x7ff0000000000000;
constexpr int64_t kTwoTo63 = 0x43e0000000000000;

int64_t bits_of(double value) {
  int64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

double of_bits(int64_t bits) {
  double value = 0;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

int64_t magnitude_of(double value) { return bits_of(value) & INT64_MAX; }

// The exact remainder of a / b with a's sign, for b that is not 0.
double remainder_of(double a, double b) {
  double left = of_bits(magnitude_of(a));
  const int64_t divisor = magnitude_of(b);
  if (bits_of(left) >= kInfinity || divisor > kInfinity) return of_bits(INT64_MAX);  // No number.
  if (bits_of(left) < divisor) return a;

  // Magnitudes are ordered as their bits are; doubling and halving are exact.
  double multiple = of_bits(divisor);
  const double half = left * 0.5;
  while (bits_of(multiple) <= bits_of(half)) multiple += multiple;
  for (;; multiple *= 0.5) {
    if (bits_of(left) >= bits_of(multiple)) left -= multiple;
    if (bits_of(multiple) == divisor) break;
  }
  return bits_of(a) < 0 ? -left : left;
}

}  // namespace

// The upper half is exact, so the sum alone is rounded.
double to_double(int64_t value) {
  return static_cast<double>(static_cast<int32_t>(value >> 32)) * 4294967296.0 +
         static_cast<double>(static_cast<uint32_t>(value));
}

int64_t truncated(double value) { return magnitude_of(value) < kTwoTo63 ? static_cast<int64_t>(value) : INT64_MIN; }

// Not by ceil(), which some C libraries get wrong where half a bit is left.
int64_t rounded(double value, bool up) {
  const double nearest = __builtin_rint(value);
  return truncated(up && nearest < value ? nearest + 1 : nearest);
}

double floor_divided(double a, double b) {
  if (magnitude_of(b) == 0) return of_bits(bits_of(a) < 0 ? kInfinity | INT64_MIN : kInfinity);
  const double rest = remainder_of(a, b);
  const double quotient = (a - rest) / b;
  return magnitude_of(rest) != 0 && (bits_of(rest) ^ bits_of(b)) < 0 ? quotient - 1 : quotient;
}

}  // namespace executorch::runtime::prim_ops
