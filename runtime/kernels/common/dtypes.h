// Dtypes and the C++ types of their elements.

#pragma once

#include <executorch/runtime/core/exec_aten/exec_aten.h>

#include <complex>
#include <cstdint>
#include <type_traits>

namespace etbuild::kernels {

using executorch::aten::BFloat16;
using executorch::aten::Half;
using executorch::aten::ScalarType;

// A list of types, such as those that an operator computes in; the likeliest first.
template <typename... Elements>
struct Types {};

using Integers = Types<uint8_t, int8_t, int16_t, int32_t, int64_t>;
using IntegersAndBool = Types<uint8_t, int8_t, int16_t, int32_t, int64_t, bool>;
using Floats = Types<float, double>;
using Reals = Types<float, double, uint8_t, int8_t, int16_t, int32_t, int64_t>;
using RealsAndBool = Types<float, double, uint8_t, int8_t, int16_t, int32_t, int64_t, bool>;

using Complexes = Types<std::complex<float>, std::complex<double>>;
using FloatsAndComplexes = Types<float, double, std::complex<float>, std::complex<double>>;
using Numbers =
    Types<float, double, uint8_t, int8_t, int16_t, int32_t, int64_t, std::complex<float>, std::complex<double>>;
using NumbersAndBool =
    Types<float, double, uint8_t, int8_t, int16_t, int32_t, int64_t, bool, std::complex<float>, std::complex<double>>;

// With uint16_t, in which PyTorch does no arithmetic.
using AnyReals = Types<float, double, uint8_t, int8_t, int16_t, int32_t, int64_t, uint16_t>;
using AnyRealsAndBool = Types<float, double, uint8_t, int8_t, int16_t, int32_t, int64_t, uint16_t, bool>;

template <typename Element>
constexpr ScalarType dtype_of() {
  if constexpr (std::is_same_v<Element, uint8_t>) return ScalarType::Byte;
  if constexpr (std::is_same_v<Element, int8_t>) return ScalarType::Char;
  if constexpr (std::is_same_v<Element, int16_t>) return ScalarType::Short;
  if constexpr (std::is_same_v<Element, int32_t>) return ScalarType::Int;
  if constexpr (std::is_same_v<Element, int64_t>) return ScalarType::Long;
  if constexpr (std::is_same_v<Element, Half>) return ScalarType::Half;
  if constexpr (std::is_same_v<Element, BFloat16>) return ScalarType::BFloat16;
  if constexpr (std::is_same_v<Element, float>) return ScalarType::Float;
  if constexpr (std::is_same_v<Element, double>) return ScalarType::Double;
  if constexpr (std::is_same_v<Element, bool>) return ScalarType::Bool;
  if constexpr (std::is_same_v<Element, uint16_t>) return ScalarType::UInt16;
  if constexpr (std::is_same_v<Element, std::complex<float>>) return ScalarType::ComplexFloat;
  if constexpr (std::is_same_v<Element, std::complex<double>>) return ScalarType::ComplexDouble;
  return ScalarType::Undefined;
}

constexpr bool is_integer(ScalarType type) { return type <= ScalarType::Long || type == ScalarType::UInt16; }
constexpr bool is_bool(ScalarType type) { return type == ScalarType::Bool; }
constexpr bool is_floating(ScalarType type) {
  return type == ScalarType::Half || type == ScalarType::Float || type == ScalarType::Double ||
         type == ScalarType::BFloat16;
}
constexpr bool is_complex(ScalarType type) {
  return type >= ScalarType::ComplexHalf && type <= ScalarType::ComplexDouble;
}

// Whether kernels know the dtype at all.
constexpr bool is_known(ScalarType type) {
  return is_integer(type) || is_bool(type) || is_floating(type) || is_complex(type);
}

// What arithmetic is done in: Half and BFloat16 have none of their own.
constexpr ScalarType computed_in(ScalarType type) {
  return type == ScalarType::Half || type == ScalarType::BFloat16 ? ScalarType::Float : type;
}

// What functions such as sin are computed in: floats for whole numbers.
constexpr ScalarType computed_as_float(ScalarType type) {
  return is_integer(type) || is_bool(type) ? ScalarType::Float : computed_in(type);
}

// Bytes of an element of a known dtype.
constexpr size_t size_of(ScalarType type) {
  switch (type) {
    case ScalarType::Byte:
    case ScalarType::Char:
    case ScalarType::Bool:
      return 1;
    case ScalarType::Short:
    case ScalarType::Half:
    case ScalarType::BFloat16:
    case ScalarType::UInt16:
      return 2;
    case ScalarType::Int:
    case ScalarType::Float:
    case ScalarType::ComplexHalf:
      return 4;
    case ScalarType::ComplexDouble:
      return 16;
    default:
      return 8;
  }
}

}  // namespace etbuild::kernels
