// dim_order_ops::_to_dim_order_copy.out(Tensor self, *, bool non_blocking=False, int[]? dim_order=None, Tensor(a!)
// out): a copy in another dim order and dtype: the output's own.
#include "dim_orders.h"
#include "strided_copy.h"
#include "views.h"

namespace etbuild::kernels {

void _to_dim_order_copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tbLt")) return;
  const Tensor& self = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 3);
  if (!same_dtype(context, self, self) || !has_dim_order(context, out, arguments, 2)) return;
  if (resize(context, out, self.sizes())) copy_into(context, self, out);
}

}  // namespace etbuild::kernels
