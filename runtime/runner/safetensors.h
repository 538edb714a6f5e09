// Reads tensors by name from a .safetensors file, as etbuild records inputs and outputs. Knows no programs.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "status.h"

namespace etbuild::runner {

// A file in memory, and where in it the tensors are.
class Safetensors {
 public:
  // kUnreadable if the file is not there, or its header leads out of it.
  static Status read(const std::string& path, Safetensors* tensors);

  // The same of a file that is in memory already; its path is for messages.
  static Status parse(std::string_view content, const std::string& path, Safetensors* tensors);

  // Copies the elements of a tensor. kUnsuitable if there is none of that name, or of another dtype.
  Status get(const std::string& name, std::vector<int64_t>* values) const;
  Status get(const std::string& name, std::vector<float>* values) const;

 private:
  Status find(const std::string& name, const char* dtype, size_t* begin, size_t* size) const;

  std::string path_;
  std::string header_;
  std::string data_;
};

}  // namespace etbuild::runner
