// The header that follows a program's root offset when it has segments: where they begin and how long all is.

#pragma once

#include <executorch/runtime/core/error.h>
#include <executorch/runtime/platform/compiler.h>

#include <cstddef>
#include <cstdint>

namespace executorch::runtime::internal {

// Sizes and offsets in bytes from the file's beginning, each of which fits size_t.
struct ExtendedHeader {
  // Of the flatbuffer, this header included.
  size_t program_size;
  // 0 if there are no segments.
  size_t segment_base_offset;
  // Of all segments with what lies between them; 0 if the writer did not say.
  size_t segment_data_size;

  // Reads it from the first `size` bytes of a file; Program::kMinHeadBytes are enough.
  // NotFound: there is none. InvalidArgument: fewer bytes than that. InvalidProgram: it cannot be true.
  ET_NODISCARD Error read(const void* data, size_t size);
};

}  // namespace executorch::runtime::internal
