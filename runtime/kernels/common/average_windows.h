// Averages over windows of images: what pooling by average comes to.

#pragma once

#include "windows.h"

namespace etbuild::kernels {

struct Averaging {
  Window window;
  bool adaptive = false;  // Windows that divide the image evenly, instead of `window`.
  bool counts_padding = false;
  int64_t divisor = 0;  // 0: how many elements there are.
};

// Computes it for images of two spatial dimensions; sizes must fit. All must have one dtype: false, and the call has
// failed, if it is not served.
bool average(KernelRuntimeContext& context, const Averaging& averaging, const Tensor& input, Tensor& out);

}  // namespace etbuild::kernels
