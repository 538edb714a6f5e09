// Tensors made from a shape: empty, filled, random. Random ones differ from run to run.
#include <executorch/extension/tensor/tensor_ptr_maker.h>

#include <cmath>
#include <limits>
#include <random>
#include <type_traits>

#include "elements.h"

namespace executorch::extension {

using aten::Scalar;
using aten::ScalarType;
using aten::SizesType;
using aten::StridesType;
using aten::TensorShapeDynamism;

namespace {

// How a double becomes an element; a negative one wraps around in an unsigned type.
template <typename T>
T element_of(double value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value != 0;
  } else if constexpr (std::is_unsigned_v<T>) {
    return static_cast<T>(static_cast<int64_t>(value));
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(value);
  } else {
    return internal::cast_element<T>(static_cast<float>(value));
  }
}

template <>
double element_of<double>(double value) {
  return value;
}

// A tensor whose elements `next` gives, in the order of memory.
template <typename Next>
TensorPtr random_strided(std::vector<SizesType> sizes, std::vector<StridesType> strides, ScalarType type,
                         TensorShapeDynamism dynamism, Next next) {
  auto tensor = empty_strided(std::move(sizes), std::move(strides), type, dynamism);
  std::mt19937_64 bits(std::random_device{}());
  internal::SwitchContext context;
  ET_SWITCH_REALHBBF16_AND_UINT_TYPES(type, context, "random_strided", T, [&] {
    T* data = tensor->mutable_data_ptr<T>();
    for (ssize_t index = 0; index < tensor->numel(); ++index) data[index] = next.template get<T>(bits);
  });
  return tensor;
}

// Of 24 bits, as many as a float has: 1 is never among them, not even rounded.
struct Uniform {
  template <typename T>
  T get(std::mt19937_64& bits) {
    return element_of<T>(std::ldexp(static_cast<double>(bits() >> 40), -24));
  }
};

struct Normal {
  std::normal_distribution<double> distribution;

  template <typename T>
  T get(std::mt19937_64& bits) {
    return element_of<T>(distribution(bits));
  }
};

struct Integers {
  std::uniform_int_distribution<int64_t> distribution;

  template <typename T>
  T get(std::mt19937_64& bits) {
    const int64_t value = distribution(bits);
    if constexpr (std::is_same_v<T, bool>) {
      return value != 0;
    } else if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(value);
    } else {
      return element_of<T>(static_cast<double>(value));
    }
  }
};

// Whether a number is one of the type: a float can be any but one that is finite and too large for it.
template <typename T>
bool fits(double value) {
  return !std::isfinite(value) || std::abs(value) <= static_cast<double>(std::numeric_limits<T>::max());
}

// Gives a scalar as an element: whole numbers to all types that hold them, others to those with fractions, and true and
// false to bool alone.
template <typename T>
bool element_of(const Scalar& scalar, T* element) {
  if constexpr (std::is_same_v<T, bool>) {
    if (scalar.isBoolean()) return *element = scalar.to<bool>(), true;
    if (scalar.isIntegral(false)) return *element = scalar.to<int64_t>() != 0, true;
    return false;
  } else if constexpr (std::is_integral_v<T>) {
    if (!scalar.isIntegral(false)) return false;
    const auto value = scalar.to<int64_t>();
    *element = static_cast<T>(value);
    // As many bits, but no sign: what was negative would be equal again.
    return static_cast<int64_t>(*element) == value && (std::is_signed_v<T> || value >= 0);
  } else {
    if (scalar.isBoolean()) return false;
    const double value = scalar.isFloatingPoint() ? scalar.to<double>() : static_cast<double>(scalar.to<int64_t>());
    *element = element_of<T>(value);
    return fits<T>(value);
  }
}

}  // namespace

TensorPtr empty_strided(std::vector<SizesType> sizes, std::vector<StridesType> strides, ScalarType type,
                        TensorShapeDynamism dynamism) {
  const auto numel = aten::safe_numel(sizes.data(), static_cast<ssize_t>(sizes.size()));
  ET_CHECK_MSG(numel.ok(), "The sizes are none of a tensor");
  size_t size = 0;
  ET_CHECK_MSG(!c10::mul_overflows(static_cast<size_t>(*numel), static_cast<size_t>(aten::elementSize(type)), &size),
               "%zd elements do not fit into memory", *numel);
  return make_tensor_ptr(std::move(sizes), std::vector<uint8_t>(size), {}, std::move(strides), type, dynamism);
}

TensorPtr full_strided(std::vector<SizesType> sizes, std::vector<StridesType> strides, Scalar fill_value,
                       ScalarType type, TensorShapeDynamism dynamism) {
  auto tensor = empty_strided(std::move(sizes), std::move(strides), type, dynamism);
  internal::SwitchContext context;
  ET_SWITCH_REALHBBF16_AND_UINT_TYPES(type, context, "full_strided", T, [&] {
    T value = {};
    ET_CHECK_MSG(element_of<T>(fill_value, &value), "The number to fill with is none of scalar type %d",
                 static_cast<int>(type));
    std::fill_n(tensor->mutable_data_ptr<T>(), tensor->numel(), value);
  });
  return tensor;
}

TensorPtr rand_strided(std::vector<SizesType> sizes, std::vector<StridesType> strides, ScalarType type,
                       TensorShapeDynamism dynamism) {
  return random_strided(std::move(sizes), std::move(strides), type, dynamism, Uniform());
}

TensorPtr randn_strided(std::vector<SizesType> sizes, std::vector<StridesType> strides, ScalarType type,
                        TensorShapeDynamism dynamism) {
  return random_strided(std::move(sizes), std::move(strides), type, dynamism, Normal());
}

TensorPtr randint_strided(int64_t low, int64_t high, std::vector<SizesType> sizes, std::vector<StridesType> strides,
                          ScalarType type, TensorShapeDynamism dynamism) {
  ET_CHECK_MSG(low < high, "There is no number from %" PRId64 " on that is below %" PRId64, low, high);
  const Integers integers{std::uniform_int_distribution<int64_t>(low, high - 1)};
  return random_strided(std::move(sizes), std::move(strides), type, dynamism, integers);
}

}  // namespace executorch::extension
