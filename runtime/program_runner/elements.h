// The elements of an array as numbers, whatever they are stored as. Compares nothing.

#pragma once

#include <vector>

#include "npy.h"

namespace etbuild::runner {

// Every element as a double; uint16 as the bits of a bfloat16 if `is_bfloat16`.
std::vector<double> elements_of(const NpyArray& array, bool is_bfloat16);

// An array of values that `seed` decides, the same on every device: numbers near 0 for floats, 0 and 1 for others.
NpyArray random_array(NpyType type, bool is_bfloat16, const std::vector<int64_t>& shape, uint64_t seed);

}  // namespace etbuild::runner
