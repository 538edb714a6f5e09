// A file that is open for reading: what both loaders of files stand on. Knows POSIX and Windows, and nothing of
// programs.

#pragma once

#include <executorch/runtime/core/error.h>

#include <cstddef>

namespace executorch::extension::internal {

// What a loader keeps of its file. Whoever holds it closes it.
struct OpenFile {
  int descriptor;
  size_t size;
  // A copy of the name, for messages.
  const char* name;
};

// Opens a file and finds its size: InvalidArgument if `name` is null, AccessFailed if it cannot be opened or if it is
// too large for this processor's size_t, MemoryAllocationFailed if its name cannot be kept.
runtime::Error open_file(const char* name, OpenFile* file);

// Closes what open_file opened. A descriptor of -1 and a name of null are no file.
void close_file(int descriptor, const char* name);

// Ok if the loader was not moved from (InvalidState), and the range lies within the file (InvalidArgument).
runtime::Error check_range(const OpenFile& file, size_t offset, size_t size);

// Reads `size` bytes at `offset`, which must lie within the file. Safe to call on several threads, as it moves no
// position. AccessFailed if the file cannot be read, or ends earlier than when it was opened.
runtime::Error read_file(const OpenFile& file, size_t offset, size_t size, void* buffer);

}  // namespace executorch::extension::internal
