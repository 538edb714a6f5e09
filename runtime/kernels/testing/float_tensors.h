// The arguments of a kernel, checked: dense float tensors and numbers. After a failed check a kernel has failed.

#pragma once

#include <executorch/runtime/kernel/kernel_includes.h>

namespace etbuild::testing {

using executorch::aten::ArrayRef;
using executorch::aten::Tensor;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::KernelRuntimeContext;
using Arguments = executorch::runtime::Span<EValue*>;

void add_out(KernelRuntimeContext& context, Arguments arguments);
void linear_out(KernelRuntimeContext& context, Arguments arguments);
void mul_out(KernelRuntimeContext& context, Arguments arguments);
void relu_out(KernelRuntimeContext& context, Arguments arguments);

// Whether argument `index` is a dense float tensor; if not, the call has failed.
bool is_float_tensor(KernelRuntimeContext& context, Arguments arguments, size_t index);

// The argument as a number, be it whole or not; `fallback` if it is neither. Whole ones have 32 bits here: converting
// 64 weighs more than a kernel where the processor cannot.
float number(const EValue& value, float fallback);

// Gives a tensor these sizes; if it cannot have them, the call has failed.
bool resize(KernelRuntimeContext& context, Tensor& tensor, ArrayRef<int32_t> sizes);

bool same_sizes(const Tensor& left, const Tensor& right);

}  // namespace etbuild::testing
