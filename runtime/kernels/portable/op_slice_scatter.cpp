// slice_scatter.out(Tensor self, Tensor src, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1, *,
// Tensor(a!) out): self, but self[start:end:step] along a dimension is `src`.
#include "views.h"

namespace etbuild::kernels {

void slice_scatter_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttiIIit")) return;
  Tensor& out = tensor(arguments, 6);
  if (!copy_same(context, tensor(arguments, 0), out)) return;
  View view(out);
  view.add_all();
  const Slice bounds = {*arguments[3], *arguments[4], integer(arguments, 5)};
  if (slice(context, view, integer(arguments, 2), bounds)) copy_to_view(context, tensor(arguments, 1), view);
}

}  // namespace etbuild::kernels
