// fill.Scalar_out(Tensor self, Scalar value, *, Tensor(a!) out): the value, in the sizes of self.
// fill.Tensor_out(Tensor self, Tensor value, *, Tensor(a!) out): the same of a tensor's only element.
#include "fill.h"

#include "block_rows.h"
#include "shapes.h"

namespace etbuild::kernels {

void fill_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tst")) return;
  Tensor& out = tensor(arguments, 2);
  if (resize(context, out, tensor(arguments, 0).sizes())) fill(context, Number(*arguments[1]), out);
}

void fill_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttt")) return;
  Tensor& out = tensor(arguments, 2);
  if (tensor(arguments, 1).numel() != 1) {
    context.fail(Error::InvalidArgument);
    return;
  }
  // The output is an operand for its sizes alone.
  const Operand operands[] = {Operand(tensor(arguments, 1)), Operand(out)};
  const ScalarType type = out.scalar_type();
  if (!resize(context, out, tensor(arguments, 0).sizes())) return;
  compute(context, {operands, 2, type, type, copy_row(type)}, out);
}

}  // namespace etbuild::kernels
