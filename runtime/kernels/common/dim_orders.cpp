#include "dim_orders.h"

#include <executorch/runtime/platform/log.h>

namespace etbuild::kernels {

bool has_dim_order(KernelRuntimeContext& context, const Tensor& out, Arguments arguments, size_t index) {
  const auto order = integers(arguments, index);
  bool has = is_none(arguments, index) || order.size() == out.dim_order().size();
  for (size_t dim = 0; has && dim < order.size(); ++dim) has = order[dim] == out.dim_order()[dim];
  if (has) return true;
  ET_LOG(Error, "An output has not the dim order that its operator asks for");
  return refuse(context, Error::InvalidArgument);
}

}  // namespace etbuild::kernels
