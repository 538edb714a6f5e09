// The order of a tensor's dimensions in memory, outermost first.

#pragma once

#include "arguments.h"

namespace etbuild::kernels {

// Whether a tensor has the dim order that an argument asks for, if it asks; if not, the call has failed with
// InvalidArgument.
bool has_dim_order(KernelRuntimeContext& context, const Tensor& out, Arguments arguments, size_t index);

}  // namespace etbuild::kernels
