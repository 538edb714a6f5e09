// What operators that resize images share.

#pragma once

#include "expect.h"
#include "windows.h"

namespace etbuild::kernels {

// The sizes of an image that is resized, and how far apart outputs are on the input, if that was said.
struct Upsampling {
  int64_t sizes[2] = {0, 0};
  double scales[2] = {0.0, 0.0};  // Outputs to an input; 0: not said.
};

// From the arguments output_size and scale_factors, one of which is None, of an image [N, C, H, W]. False if the call
// has failed with InvalidArgument.
bool expect_upsampling(KernelRuntimeContext& context, Arguments arguments, size_t size_at, size_t factors_at,
                       Upsampling& upsampling);

// Checks that all is of one dtype, and resizes the output. False if the call has failed.
bool resize_image(KernelRuntimeContext& context, const Upsampling& upsampling, const Tensor& input, Tensor& out);

namespace {

// Inputs to an output along height (0) or width (1), as PyTorch has it.
template <typename T>
T input_scale(const Upsampling& upsampling, size_t axis, int64_t inputs, bool align_corners) {
  const int64_t outputs = upsampling.sizes[axis];
  if (align_corners) return outputs > 1 ? static_cast<T>(inputs - 1) / static_cast<T>(outputs - 1) : T(0);
  if (upsampling.scales[axis] > 0.0) return static_cast<T>(1.0 / upsampling.scales[axis]);
  return static_cast<T>(inputs) / static_cast<T>(outputs);
}

}  // namespace
}  // namespace etbuild::kernels
