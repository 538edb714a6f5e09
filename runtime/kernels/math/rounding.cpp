#include "rounding.h"

namespace etbuild::kernels::math {
namespace {

constexpr float kMost = 127.0f * 256.0f;

// The nearest integer, ties to even, of what is below 2^22.
inline float nearest(float number) { return (number + 12582912.0f) - 12582912.0f; }  // 1.5 * 2^23 has no fraction.

// Loops that compilers make vectors of.
Rounded rounded_by_largest(const float* from) {
  constexpr uint32_t kInfinite = 0x7f800000;
  Rounded to;
  uint32_t bits[kBlock];
  __builtin_memcpy(bits, from, sizeof(bits));
  int32_t most_bits = 0;  // Of numbers without their sign, bits are in the order of sizes.
  for (ptrdiff_t i = 0; i < kBlock; ++i) {
    const auto size = static_cast<int32_t>(bits[i] & 0x7fffffff);
    most_bits = size > most_bits ? size : most_bits;
  }
  const bool is_finite = static_cast<uint32_t>(most_bits) < kInfinite;
  float most = 0;
  if (is_finite) __builtin_memcpy(&most, &most_bits, sizeof(most));
  to.scale = most / kMost;
  float factor = to.scale > 0 ? kMost / most : 0.0f;
  if (factor > 3.0e38f) factor = 0;  // The reciprocal of a denormal number is infinite: so little is nothing.
  if (!is_finite) {
    for (ptrdiff_t i = 0; i < kBlock; ++i) to.high[i] = to.low[i] = 0;
    to.scale = to.sum = __builtin_nanf("");
    return to;
  }
  int32_t numbers[kBlock];
  for (ptrdiff_t i = 0; i < kBlock; ++i) {
    numbers[i] = static_cast<int32_t>(nearest(from[i] * factor));
  }
  int32_t sum = 0;
  for (ptrdiff_t i = 0; i < kBlock; ++i) {
    const int32_t high = (numbers[i] + 128) >> 8;
    const int32_t low = numbers[i] - high * 256;
    to.high[i] = static_cast<int8_t>(high);
    to.low[i] = static_cast<int8_t>(low < -127 ? -127 : low);
    sum += numbers[i] + (low < -127 ? 1 : 0);
  }
  to.sum = to.scale * static_cast<float>(sum);
  return to;
}

struct Range {
  float least = 0;
  float largest = 0;
  float nothing = 0;  // NaN if a number is not finite.
};

// Lanes of their own, so that they can be computed at once.
Range range_of(const float* row, ptrdiff_t count) {
  constexpr ptrdiff_t kLanes = 8;
  float least[kLanes] = {}, largest[kLanes] = {}, nothing[kLanes] = {};
  for (ptrdiff_t at = 0; at < count; at += kLanes) {  // `count` is a multiple of 32.
    for (ptrdiff_t lane = 0; lane < kLanes; ++lane) {
      const float number = row[at + lane];
      least[lane] = number < least[lane] ? number : least[lane];
      largest[lane] = number > largest[lane] ? number : largest[lane];
      nothing[lane] += number * 0.0f;
    }
  }
  Range range;
  for (ptrdiff_t lane = 0; lane < kLanes; ++lane) {
    range.least = least[lane] < range.least ? least[lane] : range.least;
    range.largest = largest[lane] > range.largest ? largest[lane] : range.largest;
    range.nothing += nothing[lane];
  }
  return range;
}

}  // namespace

RowRounding::RowRounding(BlockFormat format, const float* row, ptrdiff_t count)
    : is_by_row_(format == BlockFormat::kInt4) {
  if (!is_by_row_) return;
  constexpr float kSmallestNormal = 1.17549435e-38f;
  const Range range = range_of(row, count);
  scale_ = (range.largest - range.least) / 255.0f + range.nothing;
  if (scale_ < kSmallestNormal) scale_ = kSmallestNormal;
  if (!(scale_ < __builtin_inff())) {
    scale_ = __builtin_nanf("");
    return;
  }
  inverse_ = 1.0f / scale_;
  zero_ = -128.0f - nearest(range.least / scale_);
  if (zero_ > 127.0f) zero_ = 127.0f;
}

Rounded RowRounding::of(const float* from) const {
  if (!is_by_row_) return rounded_by_largest(from);
  Rounded to;
  to.scale = scale_;
  const float least = -128.0f - zero_, largest = 127.0f - zero_;
  int32_t numbers[kBlock];
  for (ptrdiff_t i = 0; i < kBlock; ++i) {
    float whole = nearest(from[i] * inverse_);
    whole = whole > least ? whole : least;  // NaN, whose row's scale is NaN, is a number, too.
    whole = whole < largest ? whole : largest;
    numbers[i] = static_cast<int32_t>(whole);
  }
  int32_t sum = 0;
  for (ptrdiff_t i = 0; i < kBlock; ++i) {
    const int32_t high = (numbers[i] + 128) >> 8;
    to.high[i] = static_cast<int8_t>(high);
    to.low[i] = static_cast<int8_t>(numbers[i] - high * 256);
    sum += numbers[i];
  }
  to.sum = to.scale * static_cast<float>(sum);
  return to;
}

}  // namespace etbuild::kernels::math
