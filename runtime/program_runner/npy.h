// Reads and writes numpy's .npy files, the plain kind: no objects, no records. Knows no program.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "status.h"

namespace etbuild::runner {

// What an element is, in numpy's letters: f (floating point), i, u (whole numbers), b (truth).
struct NpyType {
  char kind = 'f';
  uint8_t size = 4;  // In bytes.

  bool operator==(const NpyType& other) const { return kind == other.kind && size == other.size; }
};

// An array in C order and little endian, as it stands in the file.
struct NpyArray {
  NpyType type;
  std::vector<int64_t> shape;
  std::vector<uint8_t> bytes;

  size_t count() const { return type.size == 0 ? 0 : bytes.size() / type.size; }
};

constexpr size_t kMostDimensions = 16;

// "float32", "int64", "bool" and the like.
std::string name_of(NpyType type);

// "[1, 32]".
std::string text_of(const std::vector<int64_t>& shape);

// Parses a file's bytes, of which nothing is believed; `name` is for messages. kUnreadable: what must be and what is.
Status parse_npy(const std::string& name, const std::vector<uint8_t>& file, NpyArray* array);

// The bytes of a .npy file of version 1.0, equal for equal arrays.
std::vector<uint8_t> npy_bytes(const NpyArray& array);

Status read_npy(const std::string& path, NpyArray* array);
Status write_npy(const std::string& path, const NpyArray& array);

// A whole file, for whoever parses it.
Status read_file(const std::string& path, std::vector<uint8_t>* bytes);
Status write_file(const std::string& path, const void* data, size_t size);

}  // namespace etbuild::runner
