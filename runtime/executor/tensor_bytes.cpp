#include "tensor_bytes.h"

#include "element_size.h"

namespace executorch::runtime::internal {

bool tensor_bytes(Span<const int32_t> sizes, aten::ScalarType scalar_type, size_t* bytes) {
  size_t total = element_size_or_zero(scalar_type);
  if (total == 0) return false;
  bool empty = false;
  for (const int32_t size : sizes) {
    if (size < 0) return false;
    empty = empty || size == 0;
    // A size of 0 excuses no other one: each product of the rest is used as a stride.
    if (size > 0 && __builtin_mul_overflow(total, static_cast<size_t>(size), &total)) return false;
    if (total > static_cast<size_t>(PTRDIFF_MAX)) return false;
  }
  *bytes = empty ? 0 : total;
  return true;
}

}  // namespace executorch::runtime::internal
