// unbind_copy.int_out(Tensor self, int dim=0, *, Tensor(a!)[] out): each index of a dimension, one an output.
#include "views.h"

namespace etbuild::kernels {

void unbind_copy_int_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tiT")) return;
  const Tensor& self = tensor(arguments, 0);
  int64_t dim = integer(arguments, 1);
  const auto outs = tensors(arguments, 2);
  if (!wrap_index(context, dim, self.dim())) return;
  if (static_cast<size_t>(size_at(self, dim)) != outs.size()) {
    ET_LOG(Error, "There must be as many outputs as indices, are %zu", outs.size());
    return context.fail(Error::InvalidArgument);
  }
  for (size_t index = 0; index < outs.size(); ++index) {
    View view(self);
    view.add_all();
    Tensor out = outs[index];
    if (!select(context, view, dim, static_cast<int64_t>(index)) || !copy_view(context, view, out)) return;
  }
}

}  // namespace etbuild::kernels
