// To the nearest whole number, halves to even, in a few instructions that compilers make vectors of: no call of libm.

#pragma once

#include <cmath>

namespace etbuild::kernels {

inline float round_half_even(float value) {
  constexpr float kWhole = 8388608.0f;  // 2^23: what is added to it is rounded; what is above it is whole.
  const float magnitude = std::fabs(value);
  const float whole = (magnitude + kWhole) - kWhole;
  return magnitude < kWhole ? std::copysign(whole, value) : value;
}

inline double round_half_even(double value) {
  constexpr double kWhole = 4503599627370496.0;  // 2^52
  const double magnitude = std::fabs(value);
  const double whole = (magnitude + kWhole) - kWhole;
  return magnitude < kWhole ? std::copysign(whole, value) : value;
}

}  // namespace etbuild::kernels
