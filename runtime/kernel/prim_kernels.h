// Operators on scalars and shapes that programs call by `executorch_prim::…`, and a few of `aten::…`: 28 in all.

#pragma once

#include <executorch/runtime/kernel/operator_registry.h>

#include "kernel_lookup.h"
#include "kernel_signatures.h"

// Whether they are linked: the global registry then has them. Sources that define nothing get none.
#ifndef ET_HAS_PRIM_OPS
#define ET_HAS_PRIM_OPS 0
#endif

// How many kernels the global registry has room for, prim operators included. Sources that define nothing get what the
// official library has.
#ifndef ET_REGISTRY_CAPACITY
#define ET_REGISTRY_CAPACITY 2000
#endif

namespace executorch::runtime::internal {

// All 28, sorted by name. They check their arguments and call ctx.fail(); they never abort.
Span<const Kernel> prim_kernels();

// One of them, or null. Where there is no global registry, this is all that is linked of their names.
OpFunction find_prim_op(const OperatorName& name);

// What arguments they take, sorted by name.
Span<const KernelSignature> prim_signatures();

}  // namespace executorch::runtime::internal
