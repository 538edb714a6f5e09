// et_copy::_h2d_copy.out(Tensor self, *, Tensor(a!) out): a copy to a device; here both are in memory.
#include "views.h"

namespace etbuild::kernels {

void _h2d_copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (are_arguments(context, arguments, "tt")) copy_same(context, tensor(arguments, 0), tensor(arguments, 1));
}

}  // namespace etbuild::kernels
