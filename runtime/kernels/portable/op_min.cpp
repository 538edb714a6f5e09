// min.unary_out(Tensor self, *, Tensor(a!) out): the least of all elements; NaN if one is.
// min.dim_min(Tensor self, int dim, bool keepdim=False, *, Tensor(a!) min, Tensor(b!) min_indices): the least along
// the dimension, and where it is: the first of equals, or the first NaN.
#include "extremes.h"

namespace etbuild::kernels {

void min_unary_out(KernelRuntimeContext& context, Arguments arguments) { reduce_all<Minimum>(context, arguments); }

void min_dim_min(KernelRuntimeContext& context, Arguments arguments) {
  reduce_with_places<PlacedMinimum>(context, arguments);
}

}  // namespace etbuild::kernels
