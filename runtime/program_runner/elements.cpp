#include "elements.h"

#include <executorch/runtime/core/portable_type/bfloat16.h>
#include <executorch/runtime/core/portable_type/half.h>

#include <cstring>

namespace etbuild::runner {
namespace {

using executorch::runtime::etensor::BFloat16;
using executorch::runtime::etensor::Half;

template <typename Element>
void append(const NpyArray& array, std::vector<double>* values) {
  for (size_t index = 0; index < array.count(); ++index) {
    Element element;
    memcpy(static_cast<void*>(&element), array.bytes.data() + index * sizeof element, sizeof element);
    values->push_back(static_cast<double>(element));
  }
}

template <typename Element>
void put(NpyArray* array, size_t index, float value) {
  const Element element = static_cast<Element>(value);
  memcpy(array->bytes.data() + index * sizeof element, static_cast<const void*>(&element), sizeof element);
}

// SplitMix64: every state is a good seed.
uint64_t next(uint64_t* state) {
  uint64_t value = *state += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// Near to a normal distribution, and exact: no device's logarithm is asked.
float next_normal(uint64_t* state) {
  int64_t sum = 0;
  for (int index = 0; index < 12; ++index) sum += static_cast<int64_t>(next(state) >> 52);
  return static_cast<float>(sum - int64_t{12} * 2048) / 4096.0F;
}

}  // namespace

std::vector<double> elements_of(const NpyArray& array, bool is_bfloat16) {
  std::vector<double> values;
  values.reserve(array.count());
  const char kind = array.type.kind;
  const uint8_t size = array.type.size;
  if (is_bfloat16) {
    append<BFloat16>(array, &values);
  } else if (kind == 'f') {
    size == 2   ? append<Half>(array, &values)
    : size == 4 ? append<float>(array, &values)
                : append<double>(array, &values);
  } else if (kind == 'i') {
    size == 1   ? append<int8_t>(array, &values)
    : size == 2 ? append<int16_t>(array, &values)
    : size == 4 ? append<int32_t>(array, &values)
                : append<int64_t>(array, &values);
  } else {
    size == 1   ? append<uint8_t>(array, &values)
    : size == 2 ? append<uint16_t>(array, &values)
    : size == 4 ? append<uint32_t>(array, &values)
                : append<uint64_t>(array, &values);
  }
  return values;
}

NpyArray random_array(NpyType type, bool is_bfloat16, const std::vector<int64_t>& shape, uint64_t seed) {
  NpyArray array{type, shape, {}};
  size_t count = 1;
  for (int64_t size : shape) count *= static_cast<size_t>(size);
  array.bytes.resize(count * type.size);
  for (size_t index = 0; index < count; ++index) {
    if (is_bfloat16) {
      put<BFloat16>(&array, index, next_normal(&seed));
    } else if (type.kind != 'f') {
      array.bytes[index * type.size] = static_cast<uint8_t>(next(&seed) & 1);
    } else if (type.size == 2) {
      put<Half>(&array, index, next_normal(&seed));
    } else if (type.size == 4) {
      put<float>(&array, index, next_normal(&seed));
    } else {
      put<double>(&array, index, next_normal(&seed));
    }
  }
  return array;
}

}  // namespace etbuild::runner
