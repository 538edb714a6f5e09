#include "accumulate.h"

#include "selection.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

template <typename Element>
Element sum(Element left, Element right) {
  if constexpr (std::is_same_v<Element, Half> || std::is_same_v<Element, BFloat16>) {
    return static_cast<Element>(static_cast<float>(left) + static_cast<float>(right));
  } else if constexpr (std::is_integral_v<Element>) {
    return wrapping_add(left, right);
  } else {
    return left + right;
  }
}

}  // namespace

bool accumulate(ScalarType type, const void* from, int64_t from_step, void* to, int64_t to_step, int64_t count) {
  using All = Types<uint8_t, int8_t, int16_t, int32_t, int64_t, bool, float, double, Half, BFloat16,
                    std::complex<float>, std::complex<double>>;
  return visit(type, All(), [&](auto zero) {
    using Element = decltype(zero);
    const auto* source = static_cast<const Element*>(from);
    auto* target = static_cast<Element*>(to);
    for (int64_t at = 0; at < count; ++at) target[at * to_step] = sum(target[at * to_step], source[at * from_step]);
  });
}

}  // namespace etbuild::kernels
