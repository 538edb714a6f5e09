// dim_order_ops::_empty_dim_order.out(int[] size, *, int[]? dim_order=None, Tensor(a!) out): these sizes, in a dim
// order that is the output's own; the elements are any.
#include "dim_orders.h"
#include "shapes.h"

namespace etbuild::kernels {

void _empty_dim_order_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "lLt")) return;
  Tensor& out = tensor(arguments, 2);
  if (has_dim_order(context, out, arguments, 1)) resize(context, out, shape_of(arguments, 0).view());
}

}  // namespace etbuild::kernels
