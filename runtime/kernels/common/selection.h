// Which dtypes the kernels of a source are compiled for: all, or those that the programs of an image call them with.
// Each source may find another selected_dtypes.h: all here has internal linkage.

#pragma once

#include "dtypes.h"
#include "selected_dtypes.h"

namespace etbuild::kernels {
namespace {

constexpr bool is_called_with(ScalarType type) { return ((kDtypes >> static_cast<unsigned>(type)) & 1ULL) != 0; }

// Whether something is computed in this dtype.
constexpr bool is_selected(ScalarType type) {
  if (kEverything || is_called_with(type)) return true;
  return type == ScalarType::Float && (is_called_with(ScalarType::Half) || is_called_with(ScalarType::BFloat16));
}

// Whether something is computed in whole numbers or bools, so that wide ones are needed for sums.
constexpr bool is_any_whole_selected() {
  for (auto type = static_cast<int>(ScalarType::Byte); type <= static_cast<int>(ScalarType::Long); ++type) {
    if (is_selected(static_cast<ScalarType>(type))) return true;
  }
  return is_selected(ScalarType::Bool);
}

// Hands `visitor` an Element{} of the listed and selected type that `type` names. False if there is none.
template <typename Visitor, typename... Elements>
bool visit(ScalarType type, Types<Elements...> /*types*/, const Visitor& visitor) {
  const auto is_it = [&](auto element) {
    using Element = decltype(element);
    if constexpr (is_selected(dtype_of<Element>())) {
      if (type == dtype_of<Element>()) {
        visitor(element);
        return true;
      }
    }
    return false;
  };
  return (is_it(Elements{}) || ...);
}

}  // namespace
}  // namespace etbuild::kernels
