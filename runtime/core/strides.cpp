#include "strides.h"

#include <executorch/runtime/core/exec_aten/util/tensor_dimension_limit.h>

namespace executorch::runtime::internal {

using etensor::TensorImpl;

void dense_strides(const TensorImpl::SizesType* sizes, const TensorImpl::DimOrderType* dim_order, size_t dim,
                   TensorImpl::StridesType* strides) {
  uint32_t stride = 1;
  for (size_t i = dim; i-- > 0;) {
    const size_t at = dim_order[i];
    strides[at] = static_cast<TensorImpl::StridesType>(stride);
    if (sizes[at] != 0) stride *= static_cast<uint32_t>(sizes[at]);
  }
}

bool is_permutation(const TensorImpl::DimOrderType* dim_order, size_t dim) {
  if (dim > kTensorDimensionLimit) return false;
  uint32_t missing = (1U << dim) - 1;
  for (size_t i = 0; i < dim; ++i) {
    if (dim_order[i] >= dim) return false;
    missing &= ~(1U << dim_order[i]);
  }
  return missing == 0;
}

}  // namespace executorch::runtime::internal
