// squeeze_copy.dim_out(Tensor self, int dim, *, Tensor(a!) out): without the dimension, if its size is 1.
// squeeze_copy.dims_out(Tensor self, int[] dim, *, Tensor(a!) out): the same for several.
#include "views.h"

namespace etbuild::kernels {
namespace {

void squeeze(KernelRuntimeContext& context, Arguments arguments, ArrayRef<int64_t> dims) {
  const Tensor& self = tensor(arguments, 0);
  uint32_t gone = 0;
  for (int64_t dim : dims) {
    if (!wrap_dimension(context, dim, self.sizes().size())) return;
    if (((gone >> dim) & 1U) != 0) {
      ET_LOG(Error, "Dimension %d is squeezed twice", static_cast<int>(dim));
      return context.fail(Error::InvalidArgument);
    }
    gone |= 1U << dim;
  }
  View view(self);
  for (size_t dim = 0; dim < self.sizes().size(); ++dim) {
    const bool stays = self.sizes()[dim] != 1 || ((gone >> dim) & 1U) == 0;
    if (stays) view.add(self.sizes()[dim], self.strides()[dim]);
  }
  copy_view(context, view, tensor(arguments, 2));
}

}  // namespace

void squeeze_copy_dim_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tit")) return;
  const int64_t dim = integer(arguments, 1);
  squeeze(context, arguments, {&dim, 1});
}

void squeeze_copy_dims_out(KernelRuntimeContext& context, Arguments arguments) {
  if (are_arguments(context, arguments, "tlt")) squeeze(context, arguments, integers(arguments, 1));
}

}  // namespace etbuild::kernels
