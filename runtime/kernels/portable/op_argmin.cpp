// argmin.out(Tensor self, int? dim=None, bool keepdim=False, *, Tensor(a!) out): where the least element along the
// dimension is, or among all; the first of equals, or the first NaN.
#include "extremes.h"

namespace etbuild::kernels {

void argmin_out(KernelRuntimeContext& context, Arguments arguments) {
  reduce_to_places<PlaceOfMinimum>(context, arguments);
}

}  // namespace etbuild::kernels
