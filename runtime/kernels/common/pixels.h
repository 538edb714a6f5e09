// What pixel_shuffle and pixel_unshuffle have in common: squares of elements on one side, as many channels on the
// other.

#pragma once

#include "views.h"

namespace etbuild::kernels {

// Copies [..., C * r * r, H, W] to [..., C, H * r, W * r], or back: the side with fewer channels has the squares.
void move_pixels(const Tensor& self, const Tensor& out, ptrdiff_t factor);

// The call fails with InvalidArgument.
void refuse_pixels(KernelRuntimeContext& context);

}  // namespace etbuild::kernels
