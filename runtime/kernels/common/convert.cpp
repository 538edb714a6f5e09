#include "convert.h"

#include <cstring>

#include "halves.h"
#include "selection.h"

namespace etbuild::kernels {
namespace {

// All is converted by way of the widest of its kind, so that n dtypes need n loops, not n * n. Nothing is rounded
// twice by it: float is exact as double, and whole numbers go by int64_t.
constexpr int64_t kAtOnce = 64;

using Whole = Types<uint8_t, int8_t, int16_t, int32_t, int64_t, bool, uint16_t>;
using Fractional = Types<float, double, Half, BFloat16>;
using All = Types<uint8_t, int8_t, int16_t, int32_t, int64_t, bool, uint16_t, float, double, Half, BFloat16>;

template <typename Element, typename Wide>
void widen(const void* from, int64_t step, Wide* to, int64_t count) {
  const auto* elements = static_cast<const Element*>(from);
  for (int64_t at = 0; at < count; ++at) {
    to[at] = static_cast<Wide>(elements[at * step]);  // NOLINT(bugprone-signed-char-misuse): numbers, no characters.
  }
}

int64_t whole_of(double value) {
  constexpr double kLimit = 9223372036854775808.0;
  return value >= -kLimit && value < kLimit ? static_cast<int64_t>(value) : INT64_MIN;
}

template <typename Element, typename Wide>
Element narrow(Wide value) {
  if constexpr (std::is_same_v<Element, bool>) {
    return value != Wide(0);
  } else if constexpr (std::is_same_v<Element, Half> || std::is_same_v<Element, BFloat16>) {
    return static_cast<Element>(static_cast<float>(value));
  } else if constexpr (std::is_same_v<Wide, double> && !std::is_floating_point_v<Element>) {
    return static_cast<Element>(whole_of(value));
  } else {
    return static_cast<Element>(value);
  }
}

template <typename Element, typename Wide>
void narrow_all(const Wide* from, void* to, int64_t count) {
  auto* elements = static_cast<Element*>(to);
  for (int64_t at = 0; at < count; ++at) elements[at] = narrow<Element>(from[at]);
}

// Converts what has been made wide; to complex: with nothing imaginary.
template <typename Wide>
bool store(const Wide* wide, ScalarType type, void* to, int64_t count) {
  if (type == ScalarType::ComplexFloat || type == ScalarType::ComplexDouble) {
    for (int64_t at = 0; at < count; ++at) {
      if (type == ScalarType::ComplexFloat) {
        static_cast<std::complex<float>*>(to)[at] = static_cast<float>(wide[at]);
      } else {
        static_cast<std::complex<double>*>(to)[at] = static_cast<double>(wide[at]);
      }
    }
    return true;
  }
  if (type == dtype_of<Wide>()) {  // Whatever is selected: reductions compute in these.
    std::memcpy(to, wide, static_cast<size_t>(count) * sizeof(Wide));
    return true;
  }
  return visit(type, All(), [&](auto element) { narrow_all<decltype(element)>(wide, to, count); });
}

template <typename Wide, typename Elements>
bool convert_by(ScalarType from_type, const char* from, int64_t step, ScalarType to_type, char* to, int64_t count) {
  Wide wide[kAtOnce];
  const auto stride = step * static_cast<int64_t>(size_of(from_type));
  for (int64_t at = 0; at < count; at += kAtOnce) {
    const int64_t now = count - at < kAtOnce ? count - at : kAtOnce;
    const auto load = [&](auto element) { widen<decltype(element)>(from + at * stride, step, wide, now); };
    if (from_type == dtype_of<Wide>()) {  // Whatever is selected: numbers come so.
      load(Wide());
    } else if (!visit(from_type, Elements(), load)) {
      return false;
    }
    if (!store(wide, to_type, to + at * static_cast<int64_t>(size_of(to_type)), now)) return false;
  }
  return true;
}

// By blocks of a known size, of which compilers make vectors.
template <typename From, typename To, To (*kConvert)(From)>
void convert_each(const void* from, void* to, int64_t count) {
  constexpr int64_t kBlock = 16;
  const auto* source = static_cast<const From*>(from);
  auto* target = static_cast<To*>(to);
  int64_t at = 0;
  for (; at + kBlock <= count; at += kBlock) {
    From block[kBlock];
    std::memcpy(block, source + at, sizeof(block));
    for (int64_t each = 0; each < kBlock; ++each) target[at + each] = kConvert(block[each]);
  }
  for (; at < count; ++at) target[at] = kConvert(source[at]);
}

// The conversions that Half and BFloat16 are computed by. False if it is none of these.
bool convert_halves(ScalarType from_type, const void* from, ScalarType to_type, void* to, int64_t count) {
  if constexpr (is_selected(ScalarType::Half)) {
    if (from_type == ScalarType::Half && to_type == ScalarType::Float) {
      convert_each<uint16_t, float, float_of_half>(from, to, count);
      return true;
    }
    if (from_type == ScalarType::Float && to_type == ScalarType::Half) {
      convert_each<float, uint16_t, half_of_float>(from, to, count);
      return true;
    }
  }
  if constexpr (is_selected(ScalarType::BFloat16)) {
    if (from_type == ScalarType::BFloat16 && to_type == ScalarType::Float) {
      convert_each<uint16_t, float, float_of_bfloat16>(from, to, count);
      return true;
    }
    if (from_type == ScalarType::Float && to_type == ScalarType::BFloat16) {
      convert_each<float, uint16_t, bfloat16_of_float>(from, to, count);
      return true;
    }
  }
  return false;
}

template <typename Block>
void copy_blocks(const void* from, int64_t from_step, void* to, int64_t to_step, int64_t count) {
  const auto* source = static_cast<const Block*>(from);
  auto* target = static_cast<Block*>(to);
  for (int64_t at = 0; at < count; ++at) target[at * to_step] = source[at * from_step];
}

}  // namespace

void copy_elements(size_t size, const void* from, int64_t from_step, void* to, int64_t to_step, int64_t count) {
  if (from_step == 1 && to_step == 1) {
    if (count > 0) std::memcpy(to, from, static_cast<size_t>(count) * size);
    return;
  }
  switch (size) {
    case 1:
      return copy_blocks<uint8_t>(from, from_step, to, to_step, count);
    case 2:
      return copy_blocks<uint16_t>(from, from_step, to, to_step, count);
    case 4:
      return copy_blocks<uint32_t>(from, from_step, to, to_step, count);
    case 8:
      return copy_blocks<uint64_t>(from, from_step, to, to_step, count);
    default:
      return copy_blocks<std::complex<double>>(from, from_step, to, to_step, count);
  }
}

bool convert(ScalarType from_type, const void* from, int64_t step, ScalarType to_type, void* to, int64_t count) {
  if (from_type == to_type) {
    copy_elements(size_of(from_type), from, step, to, 1, count);
    return true;
  }
  if (step == 1 && convert_halves(from_type, from, to_type, to, count)) return true;
  const auto* source = static_cast<const char*>(from);
  auto* target = static_cast<char*>(to);
  if (is_floating(from_type)) return convert_by<double, Fractional>(from_type, source, step, to_type, target, count);
  if (from_type == ScalarType::ComplexFloat && to_type == ScalarType::ComplexDouble) {
    for (int64_t at = 0; at < count; ++at) {
      static_cast<std::complex<double>*>(to)[at] = static_cast<const std::complex<float>*>(from)[at * step];
    }
    return true;
  }
  if (from_type == ScalarType::ComplexDouble && to_type == ScalarType::ComplexFloat) {
    for (int64_t at = 0; at < count; ++at) {
      static_cast<std::complex<float>*>(to)[at] =
          std::complex<float>(static_cast<const std::complex<double>*>(from)[at * step]);
    }
    return true;
  }
  if (from_type == ScalarType::ComplexFloat) {
    return convert_by<double, Fractional>(ScalarType::Float, source, 2 * step, to_type, target, count);
  }
  if (from_type == ScalarType::ComplexDouble) {
    return convert_by<double, Fractional>(ScalarType::Double, source, 2 * step, to_type, target, count);
  }
  return convert_by<int64_t, Whole>(from_type, source, step, to_type, target, count);
}

}  // namespace etbuild::kernels
