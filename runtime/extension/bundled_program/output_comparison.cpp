#include "output_comparison.h"

#include <executorch/runtime/platform/log.h>

#include <cmath>
#include <cstring>

namespace etbuild {

using executorch::aten::ScalarType;
using executorch::runtime::Error;

namespace {

// Where elements are, and how they are compared.
struct Elements {
  const uint8_t* actual;
  const uint8_t* expected;
  size_t count;
  const Tolerance& tolerance;
  Comparison* comparison;
};

template <typename T>
T read(const uint8_t* at, size_t index) {
  T value;
  std::memcpy(&value, at + index * sizeof(T), sizeof(T));
  return value;
}

template <typename T>
void compare_whole(const Elements& elements) {
  for (size_t index = 0; index < elements.count; ++index) {
    const T actual = read<T>(elements.actual, index);
    const T expected = read<T>(elements.expected, index);
    compare_numbers(actual == expected, static_cast<double>(actual), static_cast<double>(expected),
                    elements.comparison);
  }
}

template <typename T>
void compare_real(const Elements& elements) {
  for (size_t index = 0; index < elements.count; ++index) {
    compare_fractions(static_cast<double>(read<T>(elements.actual, index)),
                      static_cast<double>(read<T>(elements.expected, index)), elements.tolerance, elements.comparison);
  }
}

}  // namespace

void compare_numbers(bool is_equal, double actual, double expected, Comparison* comparison) {
  ++comparison->compared;
  if (!is_equal) ++comparison->different;
  const double difference = std::abs(actual - expected);
  if (std::isfinite(difference)) {
    comparison->largest_difference = std::fmax(comparison->largest_difference, difference);
  }
}

void compare_fractions(double actual, double expected, const Tolerance& tolerance, Comparison* comparison) {
  const bool is_equal = actual == expected || (std::isnan(actual) && std::isnan(expected)) ||
                        (std::isfinite(expected) &&
                         std::abs(actual - expected) <= tolerance.absolute + tolerance.relative * std::abs(expected));
  compare_numbers(is_equal, actual, expected, comparison);
}

Error compare_elements(ScalarType type, const void* actual, const void* expected, size_t count,
                       const Tolerance& tolerance, Comparison* comparison) {
  const Elements elements = {static_cast<const uint8_t*>(actual), static_cast<const uint8_t*>(expected), count,
                             tolerance, comparison};
  switch (type) {
    case ScalarType::Byte:
    case ScalarType::Bool:
    case ScalarType::QUInt8:
      compare_whole<uint8_t>(elements);
      return Error::Ok;
    case ScalarType::Char:
    case ScalarType::QInt8:
      compare_whole<int8_t>(elements);
      return Error::Ok;
    case ScalarType::Short:
      compare_whole<int16_t>(elements);
      return Error::Ok;
    case ScalarType::UInt16:
    case ScalarType::Bits16:
      compare_whole<uint16_t>(elements);
      return Error::Ok;
    case ScalarType::Int:
    case ScalarType::QInt32:
      compare_whole<int32_t>(elements);
      return Error::Ok;
    case ScalarType::UInt32:
      compare_whole<uint32_t>(elements);
      return Error::Ok;
    case ScalarType::Long:
      compare_whole<int64_t>(elements);
      return Error::Ok;
    case ScalarType::UInt64:
      compare_whole<uint64_t>(elements);
      return Error::Ok;
    case ScalarType::Half:
      compare_real<executorch::aten::Half>(elements);
      return Error::Ok;
    case ScalarType::BFloat16:
      compare_real<executorch::aten::BFloat16>(elements);
      return Error::Ok;
    case ScalarType::Float:
      compare_real<float>(elements);
      return Error::Ok;
    case ScalarType::Double:
      compare_real<double>(elements);
      return Error::Ok;
    default:
      ET_LOG(Error, "Elements of scalar type %d are no numbers", static_cast<int>(type));
      return Error::NotSupported;
  }
}

}  // namespace etbuild
