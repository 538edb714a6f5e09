// dim_order_ops::_clone_dim_order.out(Tensor self, *, bool non_blocking=False, int[]? dim_order=None, Tensor(a!) out):
// a copy in another dim order: the output's own.
#include "dim_orders.h"
#include "views.h"

namespace etbuild::kernels {

void _clone_dim_order_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tbLt")) return;
  Tensor& out = tensor(arguments, 3);
  if (has_dim_order(context, out, arguments, 2)) copy_same(context, tensor(arguments, 0), out);
}

}  // namespace etbuild::kernels
