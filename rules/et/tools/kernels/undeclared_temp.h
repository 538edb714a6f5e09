// In front of kernels for boards that name no `temp` in operators.toml: the build lays out no temporary memory for
// them, so that they must not ask for any.

#pragma once

#include <executorch/runtime/kernel/kernel_runtime_context.h>

#define allocate_temp allocate_temp_must_be_declared_by_temp_in_operators_toml
