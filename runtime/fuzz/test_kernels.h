// Kernels and a backend for tests: they take what real ones take and, like them, believe that a tensor's data is as
// large as its sizes say. What they do is little, but they touch every byte.

#pragma once

#include <executorch/runtime/core/span.h>
#include <executorch/runtime/kernel/operator_registry.h>

namespace etbuild::testing {

// aten::{add.out, cat.out, lt.Scalar_out, relu.out} for floats, test::touch for anything, and the prim operators.
executorch::runtime::Span<const executorch::runtime::Kernel> test_kernels();

// Registers "TestBackend", once.
void register_test_backend();

// How many handles of that backend live: 0 after all methods are gone.
int living_handles();

}  // namespace etbuild::testing
