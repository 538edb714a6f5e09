// Kernels in a list, by the name that a program gives: operator and overload, which need not be joined first.

#pragma once

#include <executorch/runtime/kernel/operator_registry.h>

namespace executorch::runtime::internal {

// An operator as programs name it. `overload` may be null or empty: then there is no dot in the kernel's name.
struct OperatorName {
  const char* name;
  const char* overload;
};

// Whether a kernel of this name, which may be null, is one of the operator.
bool is_named(const char* kernel_name, const OperatorName& name);

// What a list has for an operator.
struct KernelMatch {
  // The kernel made for these tensors, otherwise the fallback, otherwise null.
  OpFunction function = nullptr;
  // Whether the list has kernels of this operator that serve only some tensors: then another call may get another one.
  bool has_specialized = false;
};

// Linear: a list may have any order. If a kernel is there twice, a specialised one counts that comes first, and a
// fallback that comes last.
KernelMatch find_kernel(const OperatorName& name, const Span<const TensorMeta>& metas,
                        const Span<const Kernel>& kernels);

// The same among the registered kernels; where no kernels can be registered, among the prim operators.
KernelMatch find_registered_kernel(const OperatorName& name, const Span<const TensorMeta>& metas);

}  // namespace executorch::runtime::internal
