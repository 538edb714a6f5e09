// var_mean.correction_out(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False, Tensor(a!)
// out0, Tensor(b!) out1): variances as var.correction_out, and means.
#include "variances.h"

namespace etbuild::kernels {

void var_mean_correction_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tLSbtt")) return;
  const Tensor& self = tensor(arguments, 0);
  const Number correction = is_none(arguments, 2) ? Number(int64_t{1}) : Number(*arguments[2]);
  Dimensions reduced;
  reduced.keep = boolean(arguments, 3);
  if (!dimensions(context, integers(arguments, 1), self, reduced)) return;
  const ScalarType type = computed_in(self.scalar_type());
  Reduction call{self, reduced, type, type, reducer_of<Variance, Floats>(type), &correction};
  call.second = &tensor(arguments, 5);
  call.second_result = type;
  reduce(context, call, tensor(arguments, 4));
}

}  // namespace etbuild::kernels
