#include <cstdio>
#include <memory>

#include "npy.h"

namespace etbuild::runner {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

using File = std::unique_ptr<std::FILE, Close>;

}  // namespace

Status read_file(const std::string& path, std::vector<uint8_t>* bytes) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return {StatusCode::kUnreadable, "'" + path + "' must be a file that can be read, is not"};
  uint8_t block[1 << 16];
  bytes->clear();
  for (size_t got = 1; got != 0;) {
    got = std::fread(block, 1, sizeof block, file.get());
    bytes->insert(bytes->end(), block, block + got);
  }
  if (std::ferror(file.get()) == 0) return {};
  return {StatusCode::kUnreadable, "'" + path + "' must be a file that can be read, reading it failed"};
}

Status write_file(const std::string& path, const void* data, size_t size) {
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  const bool is_written = file != nullptr && std::fwrite(data, 1, size, file) == size;
  const bool is_closed = file != nullptr && std::fclose(file) == 0;
  if (is_written && is_closed) return {};
  return {StatusCode::kUnreadable, "'" + path + "' could not be written"};
}

}  // namespace etbuild::runner
