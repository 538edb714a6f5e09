// Operators on scalars and shapes that programs call by `executorch_prim::…`, and a few of `aten::…`: 28 in all.

#pragma once

#include <executorch/runtime/kernel/operator_registry.h>

#include "kernel_signatures.h"

// Whether they are linked: the global registry then has them. Sources that define nothing get none.
#ifndef ET_HAS_PRIM_OPS
#define ET_HAS_PRIM_OPS 0
#endif

namespace executorch::runtime::internal {

// All 28, sorted by name. They check their arguments and call ctx.fail(); they never abort.
Span<const Kernel> prim_kernels();

// What arguments they take, sorted by name.
Span<const KernelSignature> prim_signatures();

}  // namespace executorch::runtime::internal
