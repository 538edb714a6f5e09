#include "npy.h"

#include <cstring>
#include <limits>

#include "npy_header.h"

namespace etbuild::runner {
namespace {

constexpr char kMagic[] = "\x93NUMPY";
constexpr size_t kMagicSize = 6;
constexpr size_t kAlignment = 64;

Status unreadable(const std::string& name, const std::string& what) {
  return {StatusCode::kUnreadable, "'" + name + "' " + what};
}

// The bytes that a shape takes; false if no machine has as many.
bool bytes_of(const NpyType& type, const std::vector<int64_t>& shape, size_t* bytes) {
  size_t total = type.size;
  for (int64_t size : shape) {
    const auto factor = static_cast<uint64_t>(size);  // Of 64 bits, also where size_t has 32.
    if (factor != 0 && total > std::numeric_limits<size_t>::max() / factor) return false;
    total *= static_cast<size_t>(factor);
  }
  *bytes = total;
  return true;
}

// Where the header's text begins and how long it is.
bool header_span(const std::vector<uint8_t>& file, size_t* begin, size_t* length) {
  if (file.size() < kMagicSize + 2) return false;
  const size_t digits = file[kMagicSize] == 1 ? 2 : 4;
  *begin = kMagicSize + 2 + digits;
  if (file.size() < *begin) return false;
  *length = 0;
  for (size_t index = 0; index < digits; ++index) {
    *length |= static_cast<size_t>(file[kMagicSize + 2 + index]) << (8 * index);
  }
  return *length <= file.size() - *begin;
}

}  // namespace

std::string name_of(NpyType type) {
  if (type.kind == 'b') return "bool";
  const char* const kind = type.kind == 'f' ? "float" : type.kind == 'i' ? "int" : "uint";
  return kind + std::to_string(8 * type.size);
}

std::string text_of(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (size_t index = 0; index < shape.size(); ++index) {
    text += (index == 0 ? "" : ", ") + std::to_string(shape[index]);
  }
  return text + "]";
}

Status parse_npy(const std::string& name, const std::vector<uint8_t>& file, NpyArray* array) {
  if (file.size() < kMagicSize || memcmp(file.data(), kMagic, kMagicSize) != 0) {
    return unreadable(name, "must be a .npy file, does not begin as one");
  }
  size_t begin = 0;
  size_t length = 0;
  if (!header_span(file, &begin, &length)) return unreadable(name, "ends within its header");
  const std::string text(reinterpret_cast<const char*>(file.data()) + begin, length);
  const std::string problem = parse_npy_header(text, &array->type, &array->shape);
  if (!problem.empty()) return unreadable(name, problem);
  size_t bytes = 0;
  const size_t held = file.size() - begin - length;
  if (!bytes_of(array->type, array->shape, &bytes)) {
    return unreadable(name, "has a shape that no file can hold: " + text_of(array->shape));
  }
  if (bytes != held) {
    return unreadable(name, "must hold " + std::to_string(bytes) + " bytes for " + name_of(array->type) +
                                text_of(array->shape) + ", holds " + std::to_string(held));
  }
  array->bytes.assign(file.begin() + static_cast<ptrdiff_t>(begin + length), file.end());
  return {};
}

std::vector<uint8_t> npy_bytes(const NpyArray& array) {
  std::string header = npy_header(array.type, array.shape);
  const size_t start = kMagicSize + 4;
  header.append(kAlignment - (start + header.size() + 1) % kAlignment, ' ');
  header += '\n';
  std::vector<uint8_t> file(kMagic, kMagic + kMagicSize);
  file.push_back(1);
  file.push_back(0);
  file.push_back(static_cast<uint8_t>(header.size() & 0xff));
  file.push_back(static_cast<uint8_t>(header.size() >> 8));
  file.insert(file.end(), header.begin(), header.end());
  file.insert(file.end(), array.bytes.begin(), array.bytes.end());
  return file;
}

Status read_npy(const std::string& path, NpyArray* array) {
  std::vector<uint8_t> file;
  const Status status = read_file(path, &file);
  return status.ok() ? parse_npy(path, file, array) : status;
}

Status write_npy(const std::string& path, const NpyArray& array) {
  const std::vector<uint8_t> file = npy_bytes(array);
  return write_file(path, file.data(), file.size());
}

}  // namespace etbuild::runner
