#include "programs_file.h"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace etbuild::differential {
namespace {

constexpr char kMagic[] = "ETPROGRAMS 1\n";
constexpr size_t kMagicSize = sizeof(kMagic) - 1;
constexpr size_t kPage = 4096;

[[noreturn]] void fail(const std::string& path, const char* what) {
  std::fprintf(stderr, "%s: %s\n", path.c_str(), what);
  std::exit(2);
}

Bytes whole_file(const std::string& path) {
  FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr || std::fseek(file, 0, SEEK_END) != 0) fail(path, "must be a file that can be read");
  Bytes bytes(static_cast<size_t>(std::ftell(file)));
  std::rewind(file);
  if (std::fread(bytes.data(), 1, bytes.size(), file) != bytes.size()) fail(path, "cannot be read");
  std::fclose(file);
  return bytes;
}

Bytes copied(const uint8_t* data, size_t size) {
  Bytes bytes(size);
  if (size > 0) std::memcpy(bytes.data(), data, size);
  return bytes;
}

// Reads on in a file whose numbers are what they should be, or ends.
class Reader {
 public:
  Reader(const std::string& path, const Bytes& bytes) : path_(path), bytes_(bytes), at_(kMagicSize) {}

  size_t number() {
    uint64_t value = 0;
    std::memcpy(&value, take(sizeof(value)), sizeof(value));
    return static_cast<size_t>(value);
  }

  const uint8_t* take(size_t size) {
    if (size > bytes_.size() - at_) fail(path_, "is cut short");
    at_ += size;
    return bytes_.data() + at_ - size;
  }

 private:
  const std::string& path_;
  const Bytes& bytes_;
  size_t at_;
};

std::string last_name(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

}  // namespace

// Mapped: what is never written to costs nothing.
Bytes::Bytes(size_t size) : data_(nullptr), size_(size) {
  const size_t pages = (size + kPage - 1) / kPage * kPage;
  void* mapped = mmap(nullptr, pages + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) std::abort();
  data_ = static_cast<uint8_t*>(mapped);
}

Bytes::Bytes(Bytes&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(other.size_) {}

Bytes::~Bytes() {
  if (data_ != nullptr) munmap(data_, (size_ + kPage - 1) / kPage * kPage + kPage);
}

void read_programs(const std::string& path, std::vector<Program>& programs) {
  Bytes bytes = whole_file(path);
  if (bytes.size() < kMagicSize || std::memcmp(bytes.data(), kMagic, kMagicSize) != 0) {
    programs.push_back({last_name(path), std::move(bytes), Bytes(0), false});
    return;
  }
  Reader reader(path, bytes);
  const size_t count = reader.number();
  for (size_t i = 0; i < count; ++i) {
    const size_t name_size = reader.number();
    const size_t file_size = reader.number();
    const size_t data_file_size = reader.number();
    const uint8_t* name = reader.take(name_size);
    const uint8_t* file = reader.take(file_size);
    const uint8_t* data_file = reader.take(data_file_size);
    programs.push_back({std::string(reinterpret_cast<const char*>(name), name_size), copied(file, file_size),
                        copied(data_file, data_file_size), true});
  }
}

}  // namespace etbuild::differential
