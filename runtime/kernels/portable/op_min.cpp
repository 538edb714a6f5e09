// min.unary_out(Tensor self, *, Tensor(a!) out): the least of all elements; NaN if one is.
// min.dim_min(Tensor self, int dim, bool keepdim=False, *, Tensor(a!) min, Tensor(b!) min_indices): the least along
// the dimension, and where it is: the first of equals, or the first NaN.
#include "extremes.h"

namespace etbuild::kernels {

void min_unary_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tt")) return;
  const Tensor& self = tensor(arguments, 0);
  const ScalarType type = computed_in(self.scalar_type());
  Reduction call{self, all_dimensions(self), type, type, reducer_of<Minimum, RealsAndBool>(type)};
  call.needs_elements = true;
  reduce(context, call, tensor(arguments, 1));
}

void min_dim_min(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tibtt")) return;
  const Tensor& self = tensor(arguments, 0);
  Dimensions reduced;
  reduced.keep = boolean(arguments, 2);
  if (!dimension(context, *arguments[1], self, reduced)) return;
  const ScalarType type = computed_in(self.scalar_type());
  Reduction call{self, reduced, type, type, reducer_of<PlacedMinimum, RealsAndBool>(type)};
  call.needs_elements = true;
  call.second = &tensor(arguments, 4);
  call.second_result = ScalarType::Long;
  reduce(context, call, tensor(arguments, 3));
}

}  // namespace etbuild::kernels
