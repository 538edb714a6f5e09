// Programs to probe: those of a file that write_programs.py made, or one `.pte` with its name.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace etbuild::differential {

// Bytes at an address that suits any segment.
class Bytes {
 public:
  explicit Bytes(size_t size);
  Bytes(Bytes&& other) noexcept;
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
  Bytes& operator=(Bytes&&) = delete;
  ~Bytes();

  uint8_t* data() { return data_; }
  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  uint8_t* data_;
  size_t size_;
};

struct Program {
  std::string name;
  Bytes file;
  Bytes data_file;  // A `.ptd`; empty if there is none.
  bool generated;   // From a file of many: small, and careless of what its integers are.
  bool is_large() const { return file.size() > (4U << 20U); }
};

// Appends the programs of `path`; ends the process with a message if it cannot be read.
void read_programs(const std::string& path, std::vector<Program>& programs);

}  // namespace etbuild::differential
