#include "planes.h"

#include <executorch/runtime/platform/log.h>

namespace etbuild::kernels {

bool expect_planes(KernelRuntimeContext& context, const Tensor& tensor, Planes& planes) {
  const auto strides = tensor.strides();
  planes = {tensor.size(0), tensor.size(1), 1, strides[0], strides[1], 1};
  for (ssize_t dim = tensor.dim() - 1; dim >= 2; --dim) {
    if (tensor.size(dim) == 1) continue;
    const int64_t step = strides[static_cast<size_t>(dim)];
    if (planes.positions == 1) planes.step = step;
    if (step != planes.step * planes.positions) {
      ET_LOG(Error, "The dim order must be the default or channels last");
      return refuse(context, Error::NotSupported);
    }
    planes.positions *= tensor.size(dim);
  }
  return true;
}

}  // namespace etbuild::kernels
