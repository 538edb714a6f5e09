// et_copy::_d2h_copy.out(Tensor self, *, Tensor(a!) out): a copy from a device; here both are in memory.
#include "views.h"

namespace etbuild::kernels {

void _d2h_copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (are_arguments(context, arguments, "tt")) copy_same(context, tensor(arguments, 0), tensor(arguments, 1));
}

}  // namespace etbuild::kernels
