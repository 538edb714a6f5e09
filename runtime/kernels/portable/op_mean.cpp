// mean.out(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None, Tensor(a!) out): the mean along the
// dimensions, or of all; computed in the output's dtype.
// mean.dtype_out(Tensor self, *, ScalarType? dtype=None, Tensor(a!) out): of all.
#include "sums.h"

namespace etbuild::kernels {
namespace {

void mean(KernelRuntimeContext& context, const Tensor& self, const Dimensions& reduced, Tensor& out) {
  const ScalarType type = computed_in(out.scalar_type());
  reduce(context, {self, reduced, type, type, reducer_of<Mean, FloatsAndComplexes>(type)}, out);
}

}  // namespace

void mean_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tLbIt")) return;
  Dimensions reduced;
  reduced.keep = boolean(arguments, 2);
  if (!dimensions(context, integers(arguments, 1), tensor(arguments, 0), reduced)) return;
  mean(context, tensor(arguments, 0), reduced, tensor(arguments, 4));
}

void mean_dtype_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tIt")) return;
  mean(context, tensor(arguments, 0), all_dimensions(tensor(arguments, 0)), tensor(arguments, 2));
}

}  // namespace etbuild::kernels
