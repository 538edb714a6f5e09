// split_with_sizes_copy.out(Tensor self, SymInt[] split_sizes, int dim=0, *, Tensor(a!)[] out): pieces of those sizes
// along a dimension.
#include "views.h"

namespace etbuild::kernels {

void split_with_sizes_copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tliT")) return;
  const Tensor& self = tensor(arguments, 0);
  const auto sizes = integers(arguments, 1);
  int64_t dim = integer(arguments, 2);
  const auto outs = tensors(arguments, 3);
  if (!wrap_index(context, dim, self.dim())) return;
  int64_t left = size_at(self, dim);
  for (const int64_t size : sizes) left = size < 0 || size > left ? -1 : left - size;
  if (left != 0 || sizes.size() != outs.size()) {
    ET_LOG(Error, "The %zu sizes of a split must make that of the dimension, and be those of %zu outputs", sizes.size(),
           outs.size());
    return context.fail(Error::InvalidArgument);
  }
  int64_t start = 0;
  for (size_t index = 0; index < sizes.size(); ++index) {
    Tensor out = outs[index];
    if (!copy_range(context, self, dim, start, sizes[index], out)) return;
    start += sizes[index];
  }
}

}  // namespace etbuild::kernels
