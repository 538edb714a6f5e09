// _softmax.out(Tensor self, int dim, bool half_to_float, *, Tensor(a!) out): e^self / sum of e^self along dim.
#include "softmax.h"

namespace etbuild::kernels {

void _softmax_out(KernelRuntimeContext& context, Arguments arguments) { softmax(context, arguments, false); }

}  // namespace etbuild::kernels
