// alias_copy.out(Tensor self, *, Tensor(a!) out): a copy.
#include "views.h"

namespace etbuild::kernels {

void alias_copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (are_arguments(context, arguments, "tt")) copy_same(context, tensor(arguments, 0), tensor(arguments, 1));
}

}  // namespace etbuild::kernels
