// Elements of one dtype as those of another.

#pragma once

#include "dtypes.h"

namespace etbuild::kernels {

// Copies `count` elements, `step` elements apart at `from` (0: one for all), densely to `to`; they may not overlap.
// Converted as C does, with wrapping; floating to whole ones that do not hold it: some value; to bool: whether it is
// not zero; from complex: the real part. False if a dtype is not known, or not one that this image was compiled for.
bool convert(ScalarType from_type, const void* from, int64_t step, ScalarType to_type, void* to, int64_t count);

// Copies elements of `size` bytes, a power of two up to 16, so many elements apart.
void copy_elements(size_t size, const void* from, int64_t from_step, void* to, int64_t to_step, int64_t count);

}  // namespace etbuild::kernels
