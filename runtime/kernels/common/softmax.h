// What _softmax and _log_softmax share.

#pragma once

#include "arguments.h"

namespace etbuild::kernels {

// out = e^self, along the dimension divided by its sum; with `logarithm`: the logarithm of that.
void softmax(KernelRuntimeContext& context, Arguments arguments, bool logarithm);

}  // namespace etbuild::kernels
