// slice_copy.Tensor_out(Tensor self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1, *,
// Tensor(a!) out): self[start:end:step] along a dimension, as Python says.
#include "views.h"

namespace etbuild::kernels {

void slice_copy_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tiIIit")) return;
  View view(tensor(arguments, 0));
  view.add_all();
  const Slice bounds = {*arguments[2], *arguments[3], integer(arguments, 4)};
  if (slice(context, view, integer(arguments, 1), bounds)) copy_view(context, view, tensor(arguments, 5));
}

}  // namespace etbuild::kernels
