// Division of numbers as PyTorch has it. Whole numbers have no quotient by 0: the call fails then.
//
//     template <typename T>
//     struct Quotient : Division<T> {
//       using Division<T>::Division;
//       T operator()(T self, T other) const { return this->is_zero(other) ? T(0) : truncated_quotient(self, other); }
//     };
//     void divide_out(KernelRuntimeContext& context, Arguments arguments) {
//       divide(context, arguments, "ttt", binary_row<Quotient, Reals>);
//     }

#pragma once

#include <cmath>

#include "rows.h"
#include "wrapping.h"

namespace etbuild::kernels {

// A kernel of two operands, the row's an operation that is a Division.
void divide(KernelRuntimeContext& context, Arguments arguments, const char* letters, RowOf row_of);

namespace {

template <typename T>
struct Division {
  explicit Division(const Number* numbers) : zeros(const_cast<int64_t*>(&numbers->whole)) {}

  // Whether there is no quotient; then the call will fail. Threads may find it at once.
  bool is_zero(T divisor) const {
    if (!std::is_integral_v<T> || divisor != T(0)) return false;
    __atomic_store_n(zeros, 1, __ATOMIC_RELAXED);
    return true;
  }

  int64_t* zeros;
};

// Towards 0. Whole divisors are not 0; the lowest number by -1 wraps.
template <typename T>
T truncated_quotient(T self, T other) {
  if constexpr (std::is_floating_point_v<T>) {
    return std::trunc(self / other);
  } else {
    if (std::is_signed_v<T> && other == static_cast<T>(-1)) return wrapping_negate(self);
    return static_cast<T>(self / other);
  }
}

// What truncated_quotient() leaves: its sign is that of `self`.
template <typename T>
T truncated_remainder(T self, T other) {
  if constexpr (std::is_floating_point_v<T>) {
    return std::fmod(self, other);
  } else {
    if (std::is_signed_v<T> && other == static_cast<T>(-1)) return T(0);
    return static_cast<T>(self % other);
  }
}

// What floored_quotient() leaves: its sign is that of `other`.
template <typename T>
T floored_remainder(T self, T other) {
  const T rest = truncated_remainder(self, other);
  return rest != T(0) && (rest < T(0)) != (other < T(0)) ? static_cast<T>(rest + other) : rest;
}

// Downwards. Of floats: that of the number less its remainder, so that it does not round up to a whole one.
template <typename T>
T floored_quotient(T self, T other) {
  if constexpr (std::is_floating_point_v<T>) {
    if (other == T(0)) return self / other;
    const T rest = std::fmod(self, other);
    const T rounded = (self - rest) / other;
    const T quotient = rest != T(0) && (rest < T(0)) != (other < T(0)) ? rounded - T(1) : rounded;
    if (quotient == T(0)) return std::copysign(T(0), self / other);
    const T floor = std::floor(quotient);
    return quotient - floor > T(0.5) ? floor + T(1) : floor;
  } else {
    const T quotient = truncated_quotient(self, other);
    const bool inexact = truncated_remainder(self, other) != T(0);
    return inexact && (self < T(0)) != (other < T(0)) ? static_cast<T>(quotient - 1) : quotient;
  }
}

}  // namespace
}  // namespace etbuild::kernels
