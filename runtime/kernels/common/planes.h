// A tensor as images: [images, channels, positions], whatever its dim order.

#pragma once

#include "shapes.h"

namespace etbuild::kernels {

struct Planes {
  int64_t images, channels, positions;
  int64_t image_step, channel_step, step;  // In elements.
};

// Describes a tensor of two or more dimensions: all from the third on are positions. False, and the call has failed
// with NotSupported, if positions are not a constant step apart.
bool expect_planes(KernelRuntimeContext& context, const Tensor& tensor, Planes& planes);

}  // namespace etbuild::kernels
