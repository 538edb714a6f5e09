// What cat and stack have in common.

#pragma once

#include "shapes.h"

namespace etbuild::kernels {

// Whether there are tensors, all of known dtypes, and their common dtype can be written to the output's. If not, the
// call has failed with InvalidArgument.
bool can_join(KernelRuntimeContext& context, ArrayRef<Tensor> parts, const Tensor& out);

}  // namespace etbuild::kernels
