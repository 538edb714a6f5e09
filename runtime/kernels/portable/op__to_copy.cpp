// _to_copy.out(Tensor self, *, bool non_blocking=False, MemoryFormat? memory_format=None, Tensor(a!) out): elements
// converted to the output's dtype, laid out as the output is.
#include "block_rows.h"

namespace etbuild::kernels {

void _to_copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tbIt")) return;
  const Operand self(tensor(arguments, 0));
  const ScalarType type = tensor(arguments, 3).scalar_type();
  compute(context, {&self, 1, type, type, copy_row(type)}, tensor(arguments, 3));
}

}  // namespace etbuild::kernels
