// amin.out(Tensor self, int[1] dim=[], bool keepdim=False, *, Tensor(a!) out): the least element along the dimensions,
// or of all; NaN if one is.
#include "extremes.h"

namespace etbuild::kernels {

void amin_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tlbt")) return;
  const Tensor& self = tensor(arguments, 0);
  Dimensions reduced;
  reduced.keep = boolean(arguments, 2);
  if (!dimensions(context, integers(arguments, 1), self, reduced)) return;
  const ScalarType type = computed_in(self.scalar_type());
  Reduction call{self, reduced, type, type, reducer_of<Minimum, RealsAndBool>(type)};
  call.needs_elements = true;
  reduce(context, call, tensor(arguments, 3));
}

}  // namespace etbuild::kernels
