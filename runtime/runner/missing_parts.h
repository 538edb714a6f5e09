// Says what a program needs that the linked runtime lacks, and who provides it. Loads and runs nothing.

#pragma once

#include <string>
#include <vector>

#include "status.h"

namespace etbuild::runner {

// The names in a program's method, as they stand in the file: a check needs no runtime that could run it.
struct ProgramNeeds {
  std::vector<std::string> operators;  // Such as "llama::custom_sdpa.out".
  std::vector<std::string> backends;   // Such as "XnnpackBackend".
};

// Reads the needs of `method` from the bytes of a .pte; false if they are not what they should be.
bool read_needs(const void* data, size_t size, const std::string& method, ProgramNeeds* needs);

// kMissingPart, with a line for each operator or backend that nothing has registered; ok if all are there.
Status describe_missing_parts(const std::string& path, const std::string& method);

}  // namespace etbuild::runner
