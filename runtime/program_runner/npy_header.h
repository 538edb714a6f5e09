// The header of a .npy file: a Python dictionary of three entries, as text. Touches no file.

#pragma once

#include <string>
#include <vector>

#include "npy.h"

namespace etbuild::runner {

// Reads "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 32), }"; returns what is wrong with it, or nothing.
std::string parse_npy_header(const std::string& text, NpyType* type, std::vector<int64_t>* shape);

// Writes it, without padding.
std::string npy_header(NpyType type, const std::vector<int64_t>& shape);

}  // namespace etbuild::runner
