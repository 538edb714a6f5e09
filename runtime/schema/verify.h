// Checks the structure of a flatbuffer against tables that are generated from its schema: once, in one walk, without
// recursion or heap, in time linear in the size. Knows tables, vectors, strings, references and unions; what a program
// means (indices, layouts, tags) is checked where it is loaded.
//
// After Ok every generated accessor reads inside the bytes and at its own alignment, unions hold the table that their
// type says, strings end with a zero byte, vectors of bool hold 0 and 1, and the required fields are there.

#pragma once

#include <executorch/runtime/core/error.h>

#include <cstddef>
#include <cstdint>

namespace executorch::runtime::internal {

// `data` must be aligned to 8 bytes. Bytes beyond 2 GiB are not looked at: nothing can refer to them.
Error verify_program_structure(const void* data, size_t size);          // InvalidProgram
Error verify_flat_tensor_structure(const void* data, size_t size);      // InvalidExternalData
Error verify_bundled_program_structure(const void* data, size_t size);  // InvalidProgram

enum class FieldKind : uint8_t {
  kScalar,  // rule.of: log2 of its bytes
  kString,
  kTable,    // rule.of: which table
  kUnion,    // rule.of: where its members start; its type is the field before it; required: not NONE
  kScalars,  // From here on, vectors. rule.of: as of a scalar
  kBools,
  kStrings,
  kTables,  // rule.of: which table
};

struct FieldRule {
  FieldKind kind : 7;
  bool required : 1;
  uint8_t of;
};

struct StructureRules {
  const FieldRule* fields;
  const uint8_t* first_fields;
  const uint8_t* union_members;
  uint8_t root;
  char identifier[4];
};

// What a walk can have waiting; each schema's kPendingBound must fit.
constexpr size_t kPendingCapacity = 24;

// Whether the bytes are a flatbuffer as the rules say.
bool verify_structure(const StructureRules& rules, const void* data, size_t size);

}  // namespace executorch::runtime::internal
