// All of them by their full names: for a registry that they are part of.

#include "prim_kernels.h"

#include "prim_ops.h"

namespace executorch::runtime::internal {

Span<const Kernel> prim_kernels() {
#define ET_PRIM_KERNEL(space, name, function, arguments) Kernel(space "::" name, prim_ops::function),
  static constexpr Kernel kKernels[] = {ET_FORALL_PRIM_OPS(ET_PRIM_KERNEL)};
#undef ET_PRIM_KERNEL
  return kKernels;
}

Span<const KernelSignature> prim_signatures() {
#define ET_PRIM_SIGNATURE(space, name, function, arguments) {space "::" name, arguments},
  static constexpr KernelSignature kSignatures[] = {ET_FORALL_PRIM_OPS(ET_PRIM_SIGNATURE)};
#undef ET_PRIM_SIGNATURE
  return kSignatures;
}

}  // namespace executorch::runtime::internal
