// full_like.out(Tensor self, Scalar fill_value, *, MemoryFormat? memory_format=None, Tensor(a!) out): the value, in the
// sizes of self.
#include "fill.h"
#include "shapes.h"

namespace etbuild::kernels {

void full_like_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tsIt")) return;
  Tensor& out = tensor(arguments, 3);
  if (resize(context, out, tensor(arguments, 0).sizes())) fill(context, Number(*arguments[1]), out);
}

}  // namespace etbuild::kernels
