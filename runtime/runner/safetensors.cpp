#include "safetensors.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace etbuild::runner {

Status Safetensors::read(const std::string& path, Safetensors* tensors) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (file == nullptr) return {StatusCode::kUnreadable, "'" + path + "' cannot be opened"};
  std::string content;
  char block[1 << 16];
  for (size_t count = 0; (count = std::fread(block, 1, sizeof(block), file.get())) > 0;) content.append(block, count);
  return parse(content, path, tensors);
}

Status Safetensors::parse(std::string_view content, const std::string& path, Safetensors* tensors) {
  uint64_t length = 0;
  if (content.size() >= sizeof(length)) memcpy(&length, content.data(), sizeof(length));
  if (content.size() < sizeof(length) || length > content.size() - sizeof(length)) {
    return {StatusCode::kUnreadable, "'" + path + "' must be a whole .safetensors file"};
  }
  tensors->path_ = path;
  tensors->header_ = content.substr(sizeof(length), length);
  tensors->data_ = content.substr(sizeof(length) + length);
  return {};
}

// The header is JSON: {"name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}, …}, without blanks.
Status Safetensors::find(const std::string& name, const char* dtype, size_t* begin, size_t* size) const {
  const Status absent = {StatusCode::kUnsuitable,
                         "'" + path_ + "' must have a tensor '" + name + "' of dtype " + dtype + ", has none"};
  const size_t entry = header_.find("\"" + name + "\":{");
  const std::string offsets = "\"data_offsets\":[";
  const size_t end = entry == std::string::npos ? entry : header_.find('}', entry);
  const size_t at = entry == std::string::npos ? entry : header_.find(offsets, entry);
  if (end == std::string::npos || at == std::string::npos || at > end) return absent;
  const size_t with_dtype = header_.find("\"dtype\":\"" + std::string(dtype) + "\"", entry);
  if (with_dtype == std::string::npos || with_dtype > end) return absent;
  char* next = nullptr;
  const unsigned long long first = std::strtoull(header_.c_str() + at + offsets.size(), &next, 10);
  const unsigned long long last = *next == ',' ? std::strtoull(next + 1, nullptr, 10) : 0;
  if (first > last || last > data_.size()) return {StatusCode::kUnreadable, "'" + path_ + "' is cut off"};
  *begin = first;
  *size = last - first;
  return {};
}

Status Safetensors::get(const std::string& name, std::vector<int64_t>* values) const {
  size_t begin = 0;
  size_t size = 0;
  const Status status = find(name, "I64", &begin, &size);
  if (!status.ok()) return status;
  values->resize(size / sizeof(int64_t));
  memcpy(values->data(), data_.data() + begin, values->size() * sizeof(int64_t));
  return {};
}

Status Safetensors::get(const std::string& name, std::vector<float>* values) const {
  size_t begin = 0;
  size_t size = 0;
  const Status status = find(name, "F32", &begin, &size);
  if (!status.ok()) return status;
  values->resize(size / sizeof(float));
  memcpy(values->data(), data_.data() + begin, values->size() * sizeof(float));
  return {};
}

}  // namespace etbuild::runner
