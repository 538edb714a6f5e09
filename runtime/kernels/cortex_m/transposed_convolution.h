// Transposed convolutions of images whose channels lie beside each other.

#pragma once

#include "convolutions.h"

namespace etbuild::kernels::cortex_m {

// True, and each output is written; false where the images lie otherwise, windows are dilated, or so many of a filter's
// weights meet in one output that those of four channels do not fit on the stack. Takes 3 KiB of it.
bool convolve_transposed(const Convolution& by);

}  // namespace etbuild::kernels::cortex_m
