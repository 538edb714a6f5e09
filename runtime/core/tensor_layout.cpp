// Layouts of tensors whose data lies elsewhere. They come from files: nothing about them is believed.

#include <executorch/runtime/core/portable_type/tensor_impl.h>
#include <executorch/runtime/core/tensor_layout.h>

#include "element_size.h"
#include "strides.h"

namespace executorch::runtime {

Result<const TensorLayout> TensorLayout::create(Span<const int32_t> sizes, Span<const uint8_t> dim_order,
                                                etensor::ScalarType scalar_type) {
  const Result<ssize_t> numel = etensor::safe_numel(sizes.data(), static_cast<ssize_t>(sizes.size()));
  if (!numel.ok()) return numel.error();
  const size_t element_size = internal::element_size_or_zero(scalar_type);
  size_t nbytes = 0;
  ET_CHECK_OR_RETURN_ERROR(
      element_size != 0 && !__builtin_mul_overflow(static_cast<size_t>(*numel), element_size, &nbytes), InvalidArgument,
      "%zd elements of scalar type %d have no size", *numel, static_cast<int>(scalar_type));
  ET_CHECK_OR_RETURN_ERROR(
      dim_order.size() == sizes.size() && internal::is_permutation(dim_order.data(), dim_order.size()), InvalidArgument,
      "The dim order is no permutation of [0, %zu)", sizes.size());
  return TensorLayout(sizes, dim_order, scalar_type, nbytes);
}

}  // namespace executorch::runtime
