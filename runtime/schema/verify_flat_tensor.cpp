#include "flat_tensor_schema_tables.h"

namespace executorch::runtime::internal {

static_assert(flat_tensor_flatbuffer::verification::kPendingBound <= kPendingCapacity);

Error verify_flat_tensor_structure(const void* data, size_t size) {
  const bool is_sound = verify_structure(flat_tensor_flatbuffer::verification::kRules, data, size);
  return is_sound ? Error::Ok : Error::InvalidExternalData;
}

}  // namespace executorch::runtime::internal
