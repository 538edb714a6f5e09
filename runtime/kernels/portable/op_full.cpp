// full.out(int[] size, Scalar fill_value, *, Tensor(a!) out): the value, in these sizes.
#include "fill.h"

namespace etbuild::kernels {

void full_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "lst")) return;
  fill_sized(context, arguments, 0, Number(*arguments[1]), tensor(arguments, 2));
}

}  // namespace etbuild::kernels
