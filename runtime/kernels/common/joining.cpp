#include "joining.h"

#include <executorch/runtime/platform/log.h>

#include "promotion.h"

namespace etbuild::kernels {

bool can_join(KernelRuntimeContext& context, ArrayRef<Tensor> parts, const Tensor& out) {
  bool known = !parts.empty() && is_known(out.scalar_type());
  auto type = ScalarType::Undefined;
  for (const Tensor& part : parts) {
    known = known && is_known(part.scalar_type());
    if (known) type = type == ScalarType::Undefined ? part.scalar_type() : promote(type, part.scalar_type());
  }
  if (known && can_cast(type, out.scalar_type())) return true;
  ET_LOG(Error, "Tensors of dtype %d cannot be joined to one of %d", static_cast<int>(type),
         static_cast<int>(out.scalar_type()));
  return refuse(context, Error::InvalidArgument);
}

}  // namespace etbuild::kernels
