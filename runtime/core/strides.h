// Strides of a dense tensor.

#pragma once

#include <executorch/runtime/core/portable_type/tensor_impl.h>

namespace executorch::runtime::internal {

// Writes `dim` strides of a dense tensor with these sizes. `dim_order` must be a permutation of [0, dim).
// A size of 0 counts as 1; strides that do not fit (only an empty tensor can have such) wrap around.
void dense_strides(const etensor::TensorImpl::SizesType* sizes, const etensor::TensorImpl::DimOrderType* dim_order,
                   size_t dim, etensor::TensorImpl::StridesType* strides);

// Whether `dim_order` is a permutation of [0, dim), and dim at most kTensorDimensionLimit.
bool is_permutation(const etensor::TensorImpl::DimOrderType* dim_order, size_t dim);

}  // namespace executorch::runtime::internal
