// max.unary_out(Tensor self, *, Tensor(a!) out): the greatest of all elements; NaN if one is.
// max.dim_max(Tensor self, int dim, bool keepdim=False, *, Tensor(a!) max, Tensor(b!) max_values): the greatest along
// the dimension, and where it is: the first of equals, or the first NaN.
#include "extremes.h"

namespace etbuild::kernels {

void max_unary_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tt")) return;
  const Tensor& self = tensor(arguments, 0);
  const ScalarType type = computed_in(self.scalar_type());
  Reduction call{self, all_dimensions(self), type, type, reducer_of<Maximum, RealsAndBool>(type)};
  call.needs_elements = true;
  reduce(context, call, tensor(arguments, 1));
}

void max_dim_max(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tibtt")) return;
  const Tensor& self = tensor(arguments, 0);
  Dimensions reduced;
  reduced.keep = boolean(arguments, 2);
  if (!dimension(context, *arguments[1], self, reduced)) return;
  const ScalarType type = computed_in(self.scalar_type());
  Reduction call{self, reduced, type, type, reducer_of<PlacedMaximum, RealsAndBool>(type)};
  call.needs_elements = true;
  call.second = &tensor(arguments, 4);
  call.second_result = ScalarType::Long;
  reduce(context, call, tensor(arguments, 3));
}

}  // namespace etbuild::kernels
