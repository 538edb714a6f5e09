// A convolution as a product: pixels of the output are its columns, the kernel over all channels is its depth. Panels
// of columns are read from the image on the fly, so that no image of patches is ever in memory. Private to this folder.

#pragma once

#include "aligned_floats.h"
#include "convolution.h"
#include "parallel.h"

namespace etbuild::kernels::math {

// Bytes of scratch with which `workers` workers are fastest.
size_t panel_scratch(const ConvolutionShape& shape, int workers);

// False, and nothing is written: too little memory. The output's rows must be dense, no extent zero.
bool convolve_panels(const Convolution& convolution, AlignedFloats floats, const Parallel& parallel);

}  // namespace etbuild::kernels::math
