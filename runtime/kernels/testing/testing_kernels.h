// Kernels for tests: aten::{add,linear,mul,relu}.out of dense float tensors. Broadcasts nothing. What they cannot do
// they fail with InvalidArgument or NotSupported; they never abort.

#pragma once

#include <executorch/runtime/kernel/operator_registry.h>

namespace etbuild::testing {

// For Program::load_method. Nothing registers them.
executorch::runtime::Span<const executorch::runtime::Kernel> testing_kernels();

}  // namespace etbuild::testing
