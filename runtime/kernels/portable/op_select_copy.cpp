// select_copy.int_out(Tensor self, int dim, SymInt index, *, Tensor(a!) out): one index of a dimension.
#include "views.h"

namespace etbuild::kernels {

void select_copy_int_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tiit")) return;
  View view(tensor(arguments, 0));
  view.add_all();
  if (select(context, view, integer(arguments, 1), integer(arguments, 2))) {
    copy_view(context, view, tensor(arguments, 3));
  }
}

}  // namespace etbuild::kernels
