// Panels of a convolution's product, read from the image on the fly.

#pragma once

#include "convolution.h"

namespace etbuild::kernels::math {

// Writes what `count` outputs from `pixel` on see in `channels` channels from `in` on, as rows of kPanel floats, one
// for each channel and tap of the kernel: zeros behind the last pixel and beside the image. 0 < count <= kPanel.
void pack_pixels(const ConvolutionShape& shape, const float* in, ptrdiff_t channels, ptrdiff_t pixel, ptrdiff_t count,
                 float* packed);

}  // namespace etbuild::kernels::math
