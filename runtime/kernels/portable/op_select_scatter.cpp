// select_scatter.out(Tensor self, Tensor src, int dim, SymInt index, *, Tensor(a!) out): self, but one index of a
// dimension is `src`.
#include "views.h"

namespace etbuild::kernels {

void select_scatter_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttiit")) return;
  Tensor& out = tensor(arguments, 4);
  if (!copy_same(context, tensor(arguments, 0), out)) return;
  View view(out);
  view.add_all();
  if (select(context, view, integer(arguments, 2), integer(arguments, 3))) {
    copy_to_view(context, tensor(arguments, 1), view);
  }
}

}  // namespace etbuild::kernels
