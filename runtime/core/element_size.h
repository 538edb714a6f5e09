// Sizes of scalar types, without a call that may abort.

#pragma once

#include <executorch/runtime/core/portable_type/scalar_type.h>

#include <cstddef>

namespace executorch::runtime::internal {

// Bytes of one element; 0 if `type`, which may come from a file, is no type that has elements.
size_t element_size_or_zero(etensor::ScalarType type);

}  // namespace executorch::runtime::internal
