// Fixed-point arithmetic of CMSIS-NN, as its documentation gives it: a number times a multiplier of 31 fractional bits
// and a power of two.

#pragma once

#include <cstdint>

namespace etbuild::kernels::cortex_m {

// Positive shifts go to the left, before the multiplication.
constexpr bool is_shift(int64_t shift) { return shift >= -62 && shift <= 31; }
constexpr bool is_multiplier(int64_t multiplier) { return multiplier >= INT32_MIN && multiplier <= INT32_MAX; }

// Whether no intermediate result of requantize() has more than 32 bits, whatever the value: a fraction that is scaled
// down, as most are.
constexpr bool is_narrow(int32_t multiplier, int32_t shift) { return multiplier >= 0 && shift <= 0 && shift >= -31; }

// As requantize(), where that holds.
inline int32_t requantize_narrow(int32_t value, int32_t multiplier, int32_t shift) {
  const int64_t product = static_cast<int64_t>(value) * multiplier + (int64_t{1} << 30);
  const auto doubled = static_cast<int32_t>(product >> 31);
  const uint32_t mask = (1U << -shift) - 1;
  const uint32_t half = (mask >> 1) + (doubled < 0 ? 1 : 0);
  return (doubled >> -shift) + ((static_cast<uint32_t>(doubled) & mask) > half ? 1 : 0);
}

// value * multiplier / 2^31 * 2^shift: doubled, the high half taken, rounded up at halves; then divided, halves away
// from zero. is_shift() and is_multiplier() must hold; beyond 64 bits it wraps.
inline int32_t requantize(int32_t value, int32_t multiplier, int32_t shift) {
  if (is_narrow(multiplier, shift)) return requantize_narrow(value, multiplier, shift);
  const int left = shift > 0 ? shift : 0;
  const int right = shift < 0 ? -shift : 0;
  const auto shifted = static_cast<uint64_t>(static_cast<int64_t>(value)) << left;
  const uint64_t product = shifted * static_cast<uint64_t>(static_cast<int64_t>(multiplier)) + (uint64_t{1} << 30);
  int64_t result = static_cast<int64_t>(product) >> 31;
  if (right > 0) {
    const int64_t mask = (int64_t{1} << right) - 1;
    const int64_t rest = result & mask;
    result >>= right;
    const int64_t half = (mask >> 1) + (result < 0 ? 1 : 0);
    result += rest > half ? 1 : 0;
  }
  return static_cast<int32_t>(result);
}

// What becomes of a sum: requantized, moved to the output's zero point, and cut to its limits.
struct Output {
  int32_t offset;
  int32_t least;
  int32_t most;

  int8_t of(int32_t sum, int32_t multiplier, int32_t shift) const {
    const auto wide = static_cast<uint32_t>(requantize(sum, multiplier, shift)) + static_cast<uint32_t>(offset);
    int32_t value = static_cast<int32_t>(wide);
    value = value < least ? least : value;
    return static_cast<int8_t>(value > most ? most : value);
  }
};

}  // namespace etbuild::kernels::cortex_m
