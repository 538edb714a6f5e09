// max.unary_out(Tensor self, *, Tensor(a!) out): the greatest of all elements; NaN if one is.
// max.dim_max(Tensor self, int dim, bool keepdim=False, *, Tensor(a!) max, Tensor(b!) max_values): the greatest along
// the dimension, and where it is: the first of equals, or the first NaN.
#include "extremes.h"

namespace etbuild::kernels {

void max_unary_out(KernelRuntimeContext& context, Arguments arguments) { reduce_all<Maximum>(context, arguments); }

void max_dim_max(KernelRuntimeContext& context, Arguments arguments) {
  reduce_with_places<PlacedMaximum>(context, arguments);
}

}  // namespace etbuild::kernels
