// var.correction_out(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False, Tensor(a!) out):
// the squares of deviations from the mean along the dimensions, or of all, by their number less the correction (1).
// var.out(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False, *, Tensor(a!) out): correction 1 or 0.
#include "variances.h"

namespace etbuild::kernels {
namespace {

void var(KernelRuntimeContext& context, Arguments arguments, const Number& correction) {
  const Tensor& self = tensor(arguments, 0);
  Dimensions reduced;
  reduced.keep = boolean(arguments, 3);
  if (!dimensions(context, integers(arguments, 1), self, reduced)) return;
  const ScalarType type = computed_in(self.scalar_type());
  reduce(context, {self, reduced, type, type, reducer_of<Variance, Floats>(type), &correction}, tensor(arguments, 4));
}

}  // namespace

void var_correction_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tLSbt")) return;
  var(context, arguments, is_none(arguments, 2) ? Number(int64_t{1}) : Number(*arguments[2]));
}

void var_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tLbbt")) return;
  var(context, arguments, Number(int64_t{boolean(arguments, 2) ? 1 : 0}));
}

}  // namespace etbuild::kernels
