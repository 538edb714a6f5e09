// amin.out(Tensor self, int[1] dim=[], bool keepdim=False, *, Tensor(a!) out): the least element along the dimensions,
// or of all; NaN if one is.
#include "extremes.h"

namespace etbuild::kernels {

void amin_out(KernelRuntimeContext& context, Arguments arguments) { reduce_along<Minimum>(context, arguments); }

}  // namespace etbuild::kernels
