// The structure of flatbuffers written by hand: what is sound passes, each thing that is not is found.

#include "verify.h"

#include <cstdint>
#include <cstring>

#include "check.h"
#include "program_schema.h"

using executorch::runtime::Error;
using executorch::runtime::internal::verify_program_structure;

TEST(bytes_that_are_no_program_are_refused) {
  alignas(8) const uint8_t bytes[16] = {8, 0, 0, 0, 'E', 'T', '1', '1'};
  CHECK(verify_program_structure(bytes, sizeof(bytes)) == Error::InvalidProgram);
  CHECK(verify_program_structure(bytes, 0) == Error::InvalidProgram);
}

TEST(a_program_without_fields_is_sound_and_its_vectors_are_empty) {
  // Root reference, identifier, vtable {4, 4}, table {back to the vtable}.
  alignas(8) const uint8_t bytes[16] = {12, 0, 0, 0, 'E', 'T', '1', '2', 4, 0, 4, 0, 4, 0, 0, 0};
  CHECK(verify_program_structure(bytes, sizeof(bytes)) == Error::Ok);
  const auto* program = static_cast<const executorch_flatbuffer::Program*>(flatbuffers::follow(bytes));
  CHECK(program->version() == 0);
  CHECK(program->execution_plan()->empty());
  CHECK(program->constant_segment() == nullptr);
}

TEST_MAIN()
