// Writes flatbuffers front to back, for tests: each part stands behind the one that refers to it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace etbuild::testing {

class FlatWriter final {
 public:
  // A field of a table: a scalar of `size` bytes, or a reference (size 0) that `refer` fills in later.
  struct Field {
    uint16_t slot;
    uint8_t size;
    uint64_t value;
  };

  // Begins with the root's place and the identifier; `reserved` bytes follow, for a header.
  FlatWriter(const char* identifier, size_t reserved) {
    bytes_.resize(8 + reserved, 0);
    std::memcpy(bytes_.data() + 4, identifier, 4);
  }

  // Appends a table and its vtable; returns the table's place. All its fields are 8 bytes apart.
  size_t table(const std::vector<Field>& fields) {
    uint16_t slots = 0;
    for (const Field& field : fields) slots = slots > field.slot ? slots : static_cast<uint16_t>(field.slot + 1);
    align(8);
    const size_t vtable = bytes_.size();
    bytes_.resize(vtable + 4 + 2 * size_t{slots}, 0);
    align(8);
    const size_t place = bytes_.size();
    bytes_.resize(place + 8 + 8 * fields.size(), 0);
    put<uint16_t>(vtable, static_cast<uint16_t>(4 + 2 * slots));
    put<uint16_t>(vtable + 2, static_cast<uint16_t>(8 + 8 * fields.size()));
    put<int32_t>(place, static_cast<int32_t>(place - vtable));
    for (size_t index = 0; index < fields.size(); ++index) {
      put<uint16_t>(vtable + 4 + 2 * size_t{fields[index].slot}, static_cast<uint16_t>(8 + 8 * index));
      std::memcpy(bytes_.data() + place + 8 + 8 * index, &fields[index].value, fields[index].size);
    }
    return place;
  }

  // The place of the field that was `index`-th in the call of `table`.
  static size_t field(size_t table, size_t index) { return table + 8 + 8 * index; }
  static size_t element(size_t vector, size_t index) { return vector + 4 + 4 * index; }

  // Makes the reference at `from` refer to `to`, which is behind it.
  void refer(size_t from, size_t to) { put<uint32_t>(from, static_cast<uint32_t>(to - from)); }
  void root(size_t table) { refer(0, table); }

  // Appends a vector of scalars.
  template <typename T>
  size_t vector(const std::vector<T>& values) {
    const size_t place = place_vector(values.size(), sizeof(T));
    const size_t data = place + 4;
    bytes_.resize(data + values.size() * sizeof(T));
    if (!values.empty()) std::memcpy(bytes_.data() + data, values.data(), values.size() * sizeof(T));
    return place;
  }

  // Appends a vector of bytes that are aligned to `alignment`.
  size_t aligned_bytes(const std::vector<uint8_t>& values, size_t alignment) {
    while ((bytes_.size() + 4) % alignment != 0) bytes_.push_back(0);
    return vector(values);
  }

  // Appends a vector of references, to be filled by `refer`.
  size_t references(size_t count) { return vector(std::vector<uint32_t>(count, 0)); }

  size_t string(const std::string& text) {
    const size_t place = vector(std::vector<char>(text.begin(), text.end()));
    bytes_.push_back(0);
    return place;
  }

  void align(size_t alignment) {
    while (bytes_.size() % alignment != 0) bytes_.push_back(0);
  }

  template <typename T>
  void put(size_t place, T value) {
    std::memcpy(bytes_.data() + place, &value, sizeof value);
  }

  std::vector<uint8_t>& bytes() { return bytes_; }

 private:
  // Returns where the length goes, such that elements of `size` bytes are aligned behind it.
  size_t place_vector(size_t count, size_t size) {
    align(4);
    while ((bytes_.size() + 4) % size != 0) bytes_.push_back(0);
    const size_t place = bytes_.size();
    bytes_.resize(place + 4);
    put<uint32_t>(place, static_cast<uint32_t>(count));
    return place;
  }

  std::vector<uint8_t> bytes_;
};

}  // namespace etbuild::testing
