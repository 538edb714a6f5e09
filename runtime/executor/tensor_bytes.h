// How many bytes a tensor takes, computed from numbers that nobody vouches for.

#pragma once

#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/span.h>

#include <cstddef>
#include <cstdint>

namespace executorch::runtime::internal {

// Stores the product of `sizes` and the element's size in bytes. False, with nothing stored, if a size is negative, the
// product does not fit ptrdiff_t, or the type is none that a tensor can have.
bool tensor_bytes(Span<const int32_t> sizes, aten::ScalarType scalar_type, size_t* bytes);

}  // namespace executorch::runtime::internal
