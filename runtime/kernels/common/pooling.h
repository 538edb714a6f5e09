// What operators that pool have in common.

#pragma once

#include "windows.h"

namespace etbuild::kernels {

// Reads a window from the arguments kernel_size, stride and padding, of which the first is at `index`; no stride: that
// of the size. With `dilated` from dilation, too. False if the call has failed with InvalidArgument.
bool expect_pooling(KernelRuntimeContext& context, Arguments arguments, size_t index, bool dilated, Window& window);

// Sizes of the output. False, and the call has failed with InvalidArgument, if there is none.
bool expect_pooled(KernelRuntimeContext& context, const Window& window, bool ceil_mode, const Tensor& input,
                   Shape& shape);

}  // namespace etbuild::kernels
