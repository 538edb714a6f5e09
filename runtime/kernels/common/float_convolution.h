// Convolution of floats over one or two dimensions, by the vectors of the CPU.

#pragma once

#include "convolution_arguments.h"

namespace etbuild::kernels {

// Computes it, if it is of this kind, and there is the memory that it takes. All must be floats; the bias may be null.
bool convolve_floats(KernelRuntimeContext& context, const Convolution& convolution, const Tensor& input,
                     const Tensor& weight, const Tensor* bias, Tensor& out);

}  // namespace etbuild::kernels
