// unfold_copy.out(Tensor self, int dimension, int size, int step, *, Tensor(a!) out): windows of that size, so many
// apart along a dimension; what is in them is the last dimension.
#include "views.h"

namespace etbuild::kernels {

void unfold_copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tiiit")) return;
  const Tensor& self = tensor(arguments, 0);
  int64_t dim = integer(arguments, 1);
  const int64_t size = integer(arguments, 2);
  const int64_t step = integer(arguments, 3);
  if (!wrap_dimension(context, dim, self.sizes().size())) return;
  const int64_t whole = size_at(self, dim);
  if (size < 0 || size > whole || step <= 0) {
    ET_LOG(Error, "Windows must be within their dimension, and their step positive");
    return context.fail(Error::InvalidArgument);
  }
  View view(self);
  view.add_all();
  if (self.dim() > 0) {
    const int64_t windows = (whole - size) / step + 1;
    view.shape.sizes[dim] = static_cast<int32_t>(windows);
    if (windows > 1) view.strides[dim] *= static_cast<ptrdiff_t>(step);
  }
  view.add(size, stride_at(self, dim));
  copy_view(context, view, tensor(arguments, 4));
}

}  // namespace etbuild::kernels
