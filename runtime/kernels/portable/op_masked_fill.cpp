// masked_fill.Scalar_out(Tensor self, Tensor mask, Scalar value, *, Tensor(a!) out): the value where the mask is true,
// elements of self elsewhere; broadcast.
#include "block_rows.h"

namespace etbuild::kernels {

void masked_fill_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttst")) return;
  const Number value(*arguments[2]);
  const Operand operands[] = {Operand(tensor(arguments, 1)), Operand(value), Operand(tensor(arguments, 0))};
  const ScalarType type = operands[2].type;
  if (operands[0].type != ScalarType::Bool) {
    context.fail(Error::InvalidArgument);
    return;
  }
  compute(context, {operands, 3, type, type, where_row(type), nullptr, ScalarType::Bool}, tensor(arguments, 3));
}

}  // namespace etbuild::kernels
