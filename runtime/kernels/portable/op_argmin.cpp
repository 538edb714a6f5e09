// argmin.out(Tensor self, int? dim=None, bool keepdim=False, *, Tensor(a!) out): where the least element along the
// dimension is, or among all; the first of equals, or the first NaN.
#include "extremes.h"

namespace etbuild::kernels {

void argmin_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tIbt")) return;
  const Tensor& self = tensor(arguments, 0);
  Dimensions reduced;
  reduced.keep = boolean(arguments, 2);
  if (!dimension(context, *arguments[1], self, reduced)) return;
  const ScalarType type = computed_in(self.scalar_type());
  Reduction call{self, reduced, type, ScalarType::Long, reducer_of<PlaceOfMinimum, Reals>(type)};
  call.needs_elements = true;
  call.in_order = true;
  reduce(context, call, tensor(arguments, 3));
}

}  // namespace etbuild::kernels
