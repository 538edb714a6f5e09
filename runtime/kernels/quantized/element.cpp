#include "element.h"

namespace etbuild::kernels::quantized_decomposed {
namespace {

using executorch::aten::BFloat16;
using executorch::aten::Half;

template <typename Element>
double at(const void* data, int64_t index) {
  return static_cast<double>(static_cast<const Element*>(data)[index]);
}

template <typename Element>
void put(void* data, int64_t index, int64_t value) {
  static_cast<Element*>(data)[index] = static_cast<Element>(value);
}

// The nearest whole number within the dtype's limits, towards zero.
int64_t whole(ScalarType type, double value) {
  if (std::isnan(value)) return type == ScalarType::Long ? INT64_MIN : INT32_MIN;
  if (type == ScalarType::Long) {
    constexpr double kLimit = 9223372036854775808.0;
    if (value >= kLimit) return INT64_MAX;
    return value < -kLimit ? INT64_MIN : static_cast<int64_t>(value);
  }
  const double least = lowest(type);
  const double most = highest(type);
  return static_cast<int64_t>(value < least ? least : value > most ? most : value);
}

}  // namespace

double read(ScalarType type, const void* data, int64_t index) {
  switch (type) {
    case ScalarType::Byte:
      return at<uint8_t>(data, index);
    case ScalarType::Char:
      return at<int8_t>(data, index);
    case ScalarType::UInt16:
    case ScalarType::Bits16:
      return at<uint16_t>(data, index);
    case ScalarType::Short:
      return at<int16_t>(data, index);
    case ScalarType::Int:
      return at<int32_t>(data, index);
    case ScalarType::Long:
      return at<int64_t>(data, index);
    case ScalarType::Half:
      return static_cast<double>(static_cast<float>(static_cast<const Half*>(data)[index]));
    case ScalarType::BFloat16:
      return static_cast<double>(static_cast<float>(static_cast<const BFloat16*>(data)[index]));
    case ScalarType::Float:
      return at<float>(data, index);
    case ScalarType::Double:
      return at<double>(data, index);
    default:
      return 0;
  }
}

void write(ScalarType type, void* data, int64_t index, double value) {
  switch (type) {
    case ScalarType::Byte:
    case ScalarType::Char:
      return put<uint8_t>(data, index, whole(type, value));
    case ScalarType::UInt16:
    case ScalarType::Bits16:
    case ScalarType::Short:
      return put<uint16_t>(data, index, whole(type, value));
    case ScalarType::Int:
      return put<int32_t>(data, index, whole(type, value));
    case ScalarType::Long:
      return put<int64_t>(data, index, whole(type, value));
    case ScalarType::Half:
      static_cast<Half*>(data)[index] = static_cast<Half>(static_cast<float>(value));
      return;
    case ScalarType::BFloat16:
      static_cast<BFloat16*>(data)[index] = static_cast<BFloat16>(static_cast<float>(value));
      return;
    case ScalarType::Float:
      static_cast<float*>(data)[index] = static_cast<float>(value);
      return;
    case ScalarType::Double:
      static_cast<double*>(data)[index] = value;
      return;
    default:
      return;
  }
}

double rounded(ScalarType type, double value) {
  if (type == ScalarType::Float) return static_cast<double>(static_cast<float>(value));
  if (type == ScalarType::Half) return static_cast<double>(static_cast<float>(Half(static_cast<float>(value))));
  if (type == ScalarType::BFloat16) return static_cast<double>(static_cast<float>(BFloat16(static_cast<float>(value))));
  return value;
}

bool is_quantized(ScalarType type) {
  return type <= ScalarType::Int || type == ScalarType::UInt16 || type == ScalarType::Bits16;
}

bool is_real(ScalarType type) {
  return type == ScalarType::Float || type == ScalarType::Double || type == ScalarType::Half ||
         type == ScalarType::BFloat16;
}

double lowest(ScalarType type) {
  if (type == ScalarType::Char) return -128;
  if (type == ScalarType::Short) return -32768;
  return type == ScalarType::Int ? -2147483648.0 : 0;
}

double highest(ScalarType type) {
  if (type == ScalarType::Byte) return 255;
  if (type == ScalarType::Char) return 127;
  if (type == ScalarType::Short) return 32767;
  return type == ScalarType::Int ? 2147483647.0 : 65535;
}

}  // namespace etbuild::kernels::quantized_decomposed
