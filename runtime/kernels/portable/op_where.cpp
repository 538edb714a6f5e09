// where.self_out(Tensor condition, Tensor self, Tensor other, *, Tensor(a!) out): elements of self where the condition
// holds, of other where it does not; broadcast.
#include "block_rows.h"
#include "promotion.h"

namespace etbuild::kernels {

void where_self_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tttt")) return;
  const Operand operands[] = {Operand(tensor(arguments, 0)), Operand(tensor(arguments, 1)),
                              Operand(tensor(arguments, 2))};
  const ScalarType type = common_dtype(operands + 1, 2);
  compute(context, {operands, 3, type, type, where_row(type), nullptr, ScalarType::Bool}, tensor(arguments, 3));
}

}  // namespace etbuild::kernels
