#include "masks.h"

#include <executorch/runtime/platform/log.h>

namespace etbuild::kernels {

bool broadcast_mask(KernelRuntimeContext& context, const Tensor& self, const Tensor& mask, Shape& shape) {
  const bool bools = mask.scalar_type() == ScalarType::Bool;
  if (bools && broadcast(shape, self.sizes()) && broadcast(shape, mask.sizes())) return true;
  ET_LOG(Error, "A mask must be of bools and broadcast with what it masks");
  return refuse(context, Error::InvalidArgument);
}

}  // namespace etbuild::kernels
