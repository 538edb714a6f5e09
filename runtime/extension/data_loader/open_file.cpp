#include "open_file.h"

#include <executorch/runtime/platform/log.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#ifdef _WIN32
#include <io.h>
#include <windows.h>
#else
#include <unistd.h>
#endif

namespace executorch::extension::internal {

using runtime::Error;

namespace {

// What one call reads at most: macOS refuses more than INT_MAX, Windows counts in 32 bits.
constexpr size_t kLargestRead = size_t{1} << 30;

#ifdef _WIN32

int open_for_reading(const char* name) { return ::_open(name, _O_RDONLY | _O_BINARY | _O_NOINHERIT); }

void close_descriptor(int descriptor) { static_cast<void>(::_close(descriptor)); }

int64_t size_of(int descriptor) {
  struct _stat64 status = {};
  return ::_fstat64(descriptor, &status) == 0 ? static_cast<int64_t>(status.st_size) : -1;
}

// Returns how many bytes were read, 0 at the file's end, -1 for an error.
int64_t read_at(int descriptor, void* buffer, size_t size, size_t offset) {
  OVERLAPPED place = {};
  place.Offset = static_cast<DWORD>(static_cast<uint64_t>(offset) & 0xffffffffu);
  place.OffsetHigh = static_cast<DWORD>(static_cast<uint64_t>(offset) >> 32);
  DWORD count = 0;
  HANDLE file = reinterpret_cast<HANDLE>(::_get_osfhandle(descriptor));
  if (::ReadFile(file, buffer, static_cast<DWORD>(size), &count, &place) == 0) {
    return ::GetLastError() == ERROR_HANDLE_EOF ? 0 : -1;
  }
  return static_cast<int64_t>(count);
}

#else

#ifndef O_CLOEXEC
#define O_CLOEXEC 0
#endif

int open_for_reading(const char* name) { return ::open(name, O_RDONLY | O_CLOEXEC); }

void close_descriptor(int descriptor) { static_cast<void>(::close(descriptor)); }

int64_t size_of(int descriptor) {
  struct stat status = {};
  return ::fstat(descriptor, &status) == 0 ? static_cast<int64_t>(status.st_size) : -1;
}

// Returns how many bytes were read, 0 at the file's end, -1 for an error.
int64_t read_at(int descriptor, void* buffer, size_t size, size_t offset) {
  int64_t count = 0;
  do {
    count = ::pread(descriptor, buffer, size, static_cast<off_t>(offset));
  } while (count < 0 && errno == EINTR);
  return count;
}

#endif

const char* copy_of(const char* text) {
  const size_t size = std::strlen(text) + 1;
  void* copy = std::malloc(size);
  if (copy != nullptr) std::memcpy(copy, text, size);
  return static_cast<const char*>(copy);
}

}  // namespace

Error open_file(const char* name, OpenFile* file) {
  if (name == nullptr) {
    ET_LOG(Error, "A file's name must be given, is null");
    return Error::InvalidArgument;
  }
  // WASI would open the working folder.
  const int descriptor = name[0] != '\0' ? open_for_reading(name) : -1;
  if (descriptor < 0) {
    ET_LOG(Error, "Cannot open '%s': %s", name, std::strerror(errno));
    return Error::AccessFailed;
  }
  const int64_t size = size_of(descriptor);
  if (size < 0 || static_cast<uint64_t>(size) > std::numeric_limits<size_t>::max()) {
    ET_LOG(Error, "The size of '%s' cannot be told, or does not fit: %s", name, std::strerror(errno));
    close_descriptor(descriptor);
    return Error::AccessFailed;
  }
  const char* copy = copy_of(name);
  if (copy == nullptr) {
    close_descriptor(descriptor);
    return Error::MemoryAllocationFailed;
  }
  *file = {descriptor, static_cast<size_t>(size), copy};
  return Error::Ok;
}

void close_file(int descriptor, const char* name) {
  if (descriptor >= 0) close_descriptor(descriptor);
  std::free(const_cast<char*>(name));
}

Error check_range(const OpenFile& file, size_t offset, size_t size) {
  ET_CHECK_OR_RETURN_ERROR(file.descriptor >= 0, InvalidState, "The loader was moved from");
  ET_CHECK_OR_RETURN_ERROR(offset <= file.size && size <= file.size - offset, InvalidArgument,
                           "%zu bytes at %zu must lie within '%s', which has %zu", size, offset, file.name, file.size);
  return Error::Ok;
}

Error read_file(const OpenFile& file, size_t offset, size_t size, void* buffer) {
  uint8_t* at = static_cast<uint8_t*>(buffer);
  while (size > 0) {
    const int64_t count = read_at(file.descriptor, at, std::min(size, kLargestRead), offset);
    ET_CHECK_OR_RETURN_ERROR(count > 0, AccessFailed, "Cannot read %zu bytes at %zu of '%s': %s", size, offset,
                             file.name, count == 0 ? "the file ends before" : std::strerror(errno));
    at += count;
    offset += static_cast<size_t>(count);
    size -= static_cast<size_t>(count);
  }
  return Error::Ok;
}

}  // namespace executorch::extension::internal
