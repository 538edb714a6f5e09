// Arithmetic that wraps where whole numbers overflow; bools add as or, and multiply as and.

#pragma once

#include <type_traits>

namespace etbuild::kernels {

// What whole numbers are computed in: unsigned, and never promoted to int.
template <typename Element>
using Unsigned = std::conditional_t<sizeof(Element) <= 4, unsigned, unsigned long long>;

// Whether arithmetic is done as C does: of floats and complex numbers.
template <typename Element>
constexpr bool kIsPlain = !std::is_integral_v<Element>;

template <typename Element>
Element wrapping_add(Element left, Element right) {
  if constexpr (kIsPlain<Element>) {
    return left + right;
  } else if constexpr (std::is_same_v<Element, bool>) {
    return left || right;
  } else {
    return static_cast<Element>(static_cast<Unsigned<Element>>(left) + static_cast<Unsigned<Element>>(right));
  }
}

template <typename Element>
Element wrapping_subtract(Element left, Element right) {
  if constexpr (kIsPlain<Element>) {
    return left - right;
  } else {
    return static_cast<Element>(static_cast<Unsigned<Element>>(left) - static_cast<Unsigned<Element>>(right));
  }
}

template <typename Element>
Element wrapping_negate(Element value) {
  if constexpr (kIsPlain<Element>) {
    return -value;
  } else {
    return static_cast<Element>(0 - static_cast<Unsigned<Element>>(value));
  }
}

template <typename Element>
Element wrapping_multiply(Element left, Element right) {
  if constexpr (kIsPlain<Element>) {
    return left * right;
  } else if constexpr (std::is_same_v<Element, bool>) {
    return left && right;
  } else {
    return static_cast<Element>(static_cast<Unsigned<Element>>(left) * static_cast<Unsigned<Element>>(right));
  }
}

}  // namespace etbuild::kernels
