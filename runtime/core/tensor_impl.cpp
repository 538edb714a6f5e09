// Tensors: sizes, numbers of elements and bytes, resizing. Knows no memory: it never allocates data.

#include "element_size.h"
#include "strides.h"

#include <executorch/runtime/core/exec_aten/util/tensor_shape_to_c_string.h>
#include <executorch/runtime/core/portable_type/qint_types.h>
#include <executorch/runtime/core/portable_type/tensor_impl.h>
#include <executorch/runtime/platform/assert.h>

#include <cstring>

namespace executorch::runtime {

size_t internal::element_size_or_zero(etensor::ScalarType type) {
#define ET_ELEMENT_SIZE(c_type, name) sizeof(c_type),
  static constexpr uint8_t kSizes[] = {ET_FORALL_SCALAR_TYPES(ET_ELEMENT_SIZE)};
#undef ET_ELEMENT_SIZE
  const auto index = static_cast<uint8_t>(type);
  return index < sizeof(kSizes) ? kSizes[index] : 0;
}

namespace etensor {

using ::executorch::runtime::internal::dense_strides;
using ::executorch::runtime::internal::element_size_or_zero;

Result<ssize_t> safe_numel(const TensorImpl::SizesType* sizes, ssize_t dim) {
  ET_CHECK_OR_RETURN_ERROR(dim <= 0 || sizes != nullptr, InvalidArgument, "A tensor of %zd dimensions has no sizes",
                           dim);
  ssize_t numel = 1;
  for (ssize_t i = 0; i < dim; ++i) {
    ET_CHECK_OR_RETURN_ERROR(sizes[i] >= 0, InvalidArgument, "Size %zd must not be negative, is %d", i,
                             static_cast<int>(sizes[i]));
    ET_CHECK_OR_RETURN_ERROR(!__builtin_mul_overflow(numel, static_cast<ssize_t>(sizes[i]), &numel), InvalidArgument,
                             "The number of elements overflows at dimension %zd", i);
  }
  return numel;
}

ssize_t compute_numel(const TensorImpl::SizesType* sizes, ssize_t dim) {
  const Result<ssize_t> numel = safe_numel(sizes, dim);
  ET_CHECK_MSG(numel.ok(), "Invalid sizes");
  return *numel;
}

TensorImpl::TensorImpl(ScalarType type, ssize_t dim, SizesType* sizes, void* data, DimOrderType* dim_order,
                       StridesType* strides, TensorShapeDynamism dynamism, DeviceType device_type,
                       DeviceIndex device_index)
    : sizes_(sizes),
      dim_order_(dim_order),
      strides_(strides),
      data_(data),
      dim_(dim),
      numel_(compute_numel(sizes, dim)),
      numel_bound_(static_cast<size_t>(numel_)),
      type_(type),
      shape_dynamism_(dynamism),
      device_(device_type, device_index) {
  ET_CHECK_MSG(dim >= 0, "A tensor must not have %zd dimensions", dim);
  ET_CHECK_MSG(element_size_or_zero(type) != 0, "Invalid scalar type %d", static_cast<int>(type));
}

size_t TensorImpl::nbytes() const { return static_cast<size_t>(numel_) * element_size_or_zero(type_); }

ssize_t TensorImpl::element_size() const { return static_cast<ssize_t>(element_size_or_zero(type_)); }

Error TensorImpl::internal_resize_contiguous(ArrayRef<SizesType> new_sizes) {
  const size_t dim = new_sizes.size();
  ET_CHECK_OR_RETURN_ERROR(static_cast<ssize_t>(dim) == dim_, NotSupported, "A tensor of rank %zd stays so: not %zu",
                           dim_, dim);
  const size_t nbytes = dim * sizeof(SizesType);
  if (dim == 0 || std::memcmp(sizes_, new_sizes.data(), nbytes) == 0) return Error::Ok;
  ET_CHECK_OR_RETURN_ERROR(shape_dynamism_ != TensorShapeDynamism::STATIC, NotSupported,
                           "A static tensor of shape %s cannot become %s",
                           tensor_shape_to_c_string(Span<const SizesType>(sizes_, dim)).data(),
                           tensor_shape_to_c_string(Span<const SizesType>(new_sizes.data(), dim)).data());

  const Result<ssize_t> numel = safe_numel(new_sizes.data(), dim_);
  if (!numel.ok()) return numel.error();
  ET_CHECK_OR_RETURN_ERROR(static_cast<size_t>(*numel) <= numel_bound_, NotSupported,
                           "A tensor of at most %zu elements cannot have %zd", numel_bound_, *numel);
  if (strides_ != nullptr && dim_order_ != nullptr) {
    ET_CHECK_OR_RETURN_ERROR(runtime::internal::is_permutation(dim_order_, dim), InvalidArgument,
                             "The dim order is no permutation of [0, %zu)", dim);
    dense_strides(new_sizes.data(), dim_order_, dim, strides_);
  }
  std::memcpy(sizes_, new_sizes.data(), nbytes);
  numel_ = *numel;
  return Error::Ok;
}

}  // namespace etensor
}  // namespace executorch::runtime
