// A file of a test's own in the folder for temporary ones, gone with the value.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace etbuild::testing {

class ScratchFile final {
 public:
  ScratchFile(const char* name, const void* data, size_t size) : name_(folder() + "/" + name) { write(data, size); }
  ScratchFile(const char* name, const std::vector<uint8_t>& bytes) : ScratchFile(name, bytes.data(), bytes.size()) {}
  ~ScratchFile() { std::remove(name_.c_str()); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  const char* name() const { return name_.c_str(); }

  // Replaces what is in it.
  void write(const void* data, size_t size) const {
    std::FILE* file = std::fopen(name_.c_str(), "wb");
    if (file == nullptr) return;
    if (size > 0) std::fwrite(data, 1, size, file);
    std::fclose(file);
  }

 private:
  static std::string folder() {
    const char* named = std::getenv("TMPDIR");
    return named != nullptr ? named : ".";
  }

  std::string name_;
};

// Bytes that differ between neighbours and between pages.
inline std::vector<uint8_t> numbered_bytes(size_t count) {
  std::vector<uint8_t> bytes(count);
  for (size_t index = 0; index < count; ++index) bytes[index] = static_cast<uint8_t>(index * 7 + index / 251);
  return bytes;
}

}  // namespace etbuild::testing
