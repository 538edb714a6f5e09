// What masked_select and masked_scatter have in common.

#pragma once

#include "shapes.h"

namespace etbuild::kernels {

// The sizes to which a tensor and a mask broadcast. False if the call has failed with InvalidArgument: they do not, or
// the mask is not of bools.
bool broadcast_mask(KernelRuntimeContext& context, const Tensor& self, const Tensor& mask, Shape& shape);

}  // namespace etbuild::kernels
