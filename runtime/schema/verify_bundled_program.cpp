#include "bundled_program_schema_tables.h"

namespace executorch::runtime::internal {

static_assert(bundled_program_flatbuffer::verification::kPendingBound <= kPendingCapacity);

Error verify_bundled_program_structure(const void* data, size_t size) {
  const bool is_sound = verify_structure(bundled_program_flatbuffer::verification::kRules, data, size);
  return is_sound ? Error::Ok : Error::InvalidProgram;
}

}  // namespace executorch::runtime::internal
