// permute_copy.out(Tensor self, int[] dims, *, Tensor(a!) out): dimension i of the result is dims[i] of self.
#include "views.h"

namespace etbuild::kernels {

void permute_copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tlt")) return;
  const Tensor& self = tensor(arguments, 0);
  const auto dims = integers(arguments, 1);
  View view(self);
  uint32_t seen = 0;
  for (int64_t dim : dims) {
    if (!wrap_index(context, dim, self.dim())) return;
    seen |= 1U << dim;
    view.add(size_at(self, dim), stride_at(self, dim));
  }
  if (view.shape.rank != self.sizes().size() || seen != (1U << view.shape.rank) - 1) {
    ET_LOG(Error, "The dimensions of a permutation must be each of the tensor's once");
    return context.fail(Error::InvalidArgument);
  }
  copy_view(context, view, tensor(arguments, 2));
}

}  // namespace etbuild::kernels
