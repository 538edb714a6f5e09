// sum.IntList_out(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None, Tensor(a!) out): the sum
// along the dimensions, or of all; computed in the output's dtype, whole numbers wrapping.
#include "sums.h"

namespace etbuild::kernels {

void sum_intlist_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tLbIt")) return;
  const Tensor& self = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 4);
  Dimensions reduced;
  reduced.keep = boolean(arguments, 2);
  if (!dimensions(context, integers(arguments, 1), self, reduced)) return;
  const ScalarType type = summed_in(out.scalar_type());
  reduce(context, {self, reduced, type, type, wide_reducer_of<Sum>(type)}, out);
}

}  // namespace etbuild::kernels
