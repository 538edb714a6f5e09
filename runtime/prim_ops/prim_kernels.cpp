#include "prim_kernels.h"

#include "prim_ops.h"

namespace executorch::runtime::internal {

Span<const Kernel> prim_kernels() {
#define ET_PRIM_KERNEL(name, function, arguments) Kernel(name, prim_ops::function),
  static constexpr Kernel kKernels[] = {ET_FORALL_PRIM_OPS(ET_PRIM_KERNEL)};
#undef ET_PRIM_KERNEL
  return kKernels;
}

Span<const KernelSignature> prim_signatures() {
#define ET_PRIM_SIGNATURE(name, function, arguments) {name, arguments},
  static constexpr KernelSignature kSignatures[] = {ET_FORALL_PRIM_OPS(ET_PRIM_SIGNATURE)};
#undef ET_PRIM_SIGNATURE
  return kSignatures;
}

}  // namespace executorch::runtime::internal
