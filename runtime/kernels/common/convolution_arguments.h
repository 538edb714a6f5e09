// The arguments of convolutions, read and checked.

#pragma once

#include "windows.h"

namespace etbuild::kernels {

// What convolution.out and convolution_backward.out are given. The weight is [outputs, inputs / groups, ...], or
// transposed: [inputs, outputs / groups, ...].
struct Convolution {
  Window window;
  int64_t output_padding[kSpatial] = {0, 0, 0};
  int64_t groups = 1;
  bool transposed = false;
};

// Reads it from the arguments stride, padding, dilation, transposed, output_padding and groups, of which the first is
// at `index`. False if the call has failed with InvalidArgument, as it does for weights that do not fit the input.
bool expect_convolution(KernelRuntimeContext& context, Arguments arguments, size_t index, const Tensor& input,
                        const Tensor& weight, Convolution& convolution);

// Sizes of its output. False, and the call has failed with InvalidArgument, if there is none.
bool expect_output(KernelRuntimeContext& context, const Convolution& convolution, const Tensor& input,
                   const Tensor& weight, Shape& shape);

}  // namespace etbuild::kernels
