#include "tokenizer_file.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#if defined(__unix__) || defined(__APPLE__)
#define ETBUILD_RUNNER_HAS_MMAP 1
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace etbuild::runner {
namespace {

std::string cannot(const char* what, const char* path) {
  return std::string("the tokenizer's file '") + path + "' cannot be " + what + ": " + std::strerror(errno);
}

#if defined(ETBUILD_RUNNER_HAS_MMAP)

bool take(const char* path, void** data, size_t* size, std::string* error) {
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  struct stat facts {};
  if (file < 0 || ::fstat(file, &facts) != 0) {
    *error = cannot("opened", path);
    if (file >= 0) ::close(file);
    return false;
  }
  *size = static_cast<size_t>(facts.st_size);
  void* const mapped = *size == 0 ? nullptr : ::mmap(nullptr, *size, PROT_READ, MAP_PRIVATE, file, 0);
  if (mapped == MAP_FAILED) {
    *error = cannot("mapped", path);
    ::close(file);
    return false;
  }
  ::close(file);
  *data = mapped;
  return true;
}

void release(void* data, size_t size) {
  if (data != nullptr) ::munmap(data, size);
}

#else

bool take(const char* path, void** data, size_t* size, std::string* error) {
  std::FILE* const file = std::fopen(path, "rb");
  if (file == nullptr) {
    *error = cannot("opened", path);
    return false;
  }
  long length = std::fseek(file, 0, SEEK_END) == 0 ? std::ftell(file) : -1;
  if (length > 0) {
    *data = std::malloc(static_cast<size_t>(length));
    std::rewind(file);
    if (*data == nullptr || std::fread(*data, 1, static_cast<size_t>(length), file) != static_cast<size_t>(length)) {
      length = -1;
    }
  }
  if (length < 0) *error = cannot("read", path);
  std::fclose(file);
  *size = length > 0 ? static_cast<size_t>(length) : 0;
  return length >= 0;
}

void release(void* data, size_t) { std::free(data); }

#endif

}  // namespace

TokenizerFile::~TokenizerFile() { release(data_, size_); }

bool TokenizerFile::open(const char* path, std::string* error) {
  if (!take(path, &data_, &size_, error)) return false;
  if (Tokenizer::load(data_, size_, &tokenizer_, error)) return true;
  *error = std::string("'") + path + "': " + *error;
  return false;
}

}  // namespace etbuild::runner
