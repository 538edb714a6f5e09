#include "program_schema_tables.h"

namespace executorch::runtime::internal {

static_assert(executorch_flatbuffer::verification::kPendingBound <= kPendingCapacity);

Error verify_program_structure(const void* data, size_t size) {
  return verify_structure(executorch_flatbuffer::verification::kRules, data, size) ? Error::Ok : Error::InvalidProgram;
}

}  // namespace executorch::runtime::internal
