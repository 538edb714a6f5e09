// What the runtime may do with tensors and kernels may not: resize one, and say how far it can grow.

#pragma once

#include <executorch/runtime/core/portable_type/tensor_impl.h>

namespace executorch::runtime::internal {

// Befriended by TensorImpl.
class TensorResizerFriend final {
 public:
  static Error resize(etensor::TensorImpl* impl, ArrayRef<etensor::TensorImpl::SizesType> sizes) {
    return impl->internal_resize_contiguous(sizes);
  }

  // How many elements the tensor's memory has room for.
  static size_t bound(const etensor::TensorImpl& impl) { return impl.numel_bound_; }

  // For a tensor that gets other memory.
  static void set_bound(etensor::TensorImpl& impl, size_t bound) { impl.numel_bound_ = bound; }
};

}  // namespace executorch::runtime::internal
