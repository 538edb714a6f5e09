// Elements added to others of the same dtype.

#pragma once

#include "dtypes.h"

namespace etbuild::kernels {

// Adds `count` elements to others; each so many elements apart. Whole numbers wrap, bools are true if one is. False if
// the dtype is not known, or not one that this image was compiled for.
bool accumulate(ScalarType type, const void* from, int64_t from_step, void* to, int64_t to_step, int64_t count);

}  // namespace etbuild::kernels
