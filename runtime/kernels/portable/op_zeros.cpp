// zeros.out(int[] size, *, Tensor(a!) out): 0, in these sizes.
#include "fill.h"

namespace etbuild::kernels {

void zeros_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "lt")) return;
  fill_sized(context, arguments, 0, Number(int64_t{0}), tensor(arguments, 1));
}

}  // namespace etbuild::kernels
