// scalar_tensor.out(Scalar s, *, Tensor(a!) out): the number, as a tensor without dimensions.
#include "fill.h"
#include "shapes.h"

namespace etbuild::kernels {

void scalar_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "st")) return;
  Tensor& out = tensor(arguments, 1);
  if (resize(context, out, {})) fill(context, Number(*arguments[0]), out);
}

}  // namespace etbuild::kernels
