// _log_softmax.out(Tensor self, int dim, bool half_to_float, *, Tensor(a!) out): self - log of the sum of e^self along
// dim.
#include "softmax.h"

namespace etbuild::kernels {

void _log_softmax_out(KernelRuntimeContext& context, Arguments arguments) { softmax(context, arguments, true); }

}  // namespace etbuild::kernels
