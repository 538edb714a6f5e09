// amax.out(Tensor self, int[1] dim=[], bool keepdim=False, *, Tensor(a!) out): the greatest element along the
// dimensions, or of all; NaN if one is.
#include "extremes.h"

namespace etbuild::kernels {

void amax_out(KernelRuntimeContext& context, Arguments arguments) { reduce_along<Maximum>(context, arguments); }

}  // namespace etbuild::kernels
