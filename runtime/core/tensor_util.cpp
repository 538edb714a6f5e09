// Dim orders of tensors, and the data pointers that the executor sets.

#include <executorch/runtime/core/exec_aten/util/dim_order_util.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>

#include <cstring>

#include "strides.h"
#include "tensor_resizer.h"

namespace executorch::runtime {

using etensor::Tensor;
using etensor::TensorImpl;

namespace {

bool is_default(const Tensor& tensor) {
  return is_contiguous_dim_order(tensor.dim_order().data(), tensor.dim_order().size());
}

bool is_channels_last(const Tensor& tensor) {
  return is_channels_last_dim_order(tensor.dim_order().data(), tensor.dim_order().size());
}

bool report(bool holds, const Tensor& tensor, const char* what) {
  if (holds) return true;
  ET_LOG(Error, "The dim order of a tensor must be %s, is", what);
  for (ssize_t i = 0; i < tensor.dim(); ++i) {
    ET_LOG(Error, "    dim_order(%zd): %d", i, static_cast<int>(tensor.dim_order()[static_cast<size_t>(i)]));
  }
  static_cast<void>(what);
  return false;
}

}  // namespace

Error get_dim_order(const Tensor& tensor, TensorImpl::DimOrderType* out_dim_order, size_t out_dim_order_size) {
  ET_CHECK_OR_RETURN_ERROR(out_dim_order_size == static_cast<size_t>(tensor.dim()), InvalidArgument,
                           "%zu entries cannot hold the dim order of a tensor of rank %zd", out_dim_order_size,
                           tensor.dim());
  if (out_dim_order_size != 0) std::memcpy(out_dim_order, tensor.dim_order().data(), out_dim_order_size);
  return Error::Ok;
}

bool tensor_has_valid_dim_order(Tensor t) {
  return report(internal::is_permutation(t.dim_order().data(), static_cast<size_t>(t.dim())), t, "a permutation");
}

bool tensor_is_default_or_channels_last_dim_order(Tensor t) {
  return report(is_default(t) || is_channels_last(t), t, "default or channels last");
}

bool tensor_is_default_dim_order(Tensor t) { return report(is_default(t), t, "default"); }

bool tensor_is_channels_last_dim_order(Tensor t) { return report(is_channels_last(t), t, "channels last"); }

bool tensors_have_same_dim_order(const ArrayRef<Tensor> tensor_list) {
  if (tensor_list.size() < 2) return true;
  bool all_default = true;
  bool all_channels_last = true;
  for (const Tensor& tensor : tensor_list) {
    all_default = all_default && is_default(tensor);
    all_channels_last = all_channels_last && is_channels_last(tensor);
  }
  ET_CHECK_OR_RETURN_FALSE(all_default || all_channels_last, "%zu tensors have different dim orders",
                           tensor_list.size());
  return true;
}

namespace internal {

Error resize_tensor_impl(TensorImpl* impl, ArrayRef<TensorImpl::SizesType> new_sizes) {
  return TensorResizerFriend::resize(impl, new_sizes);
}

Error set_tensor_data(const Tensor& t, void* buffer, size_t buffer_size) {
  ET_CHECK_OR_RETURN_ERROR(buffer_size >= t.nbytes(), InvalidArgument, "A buffer of %zu bytes is too small for %zu",
                           buffer_size, t.nbytes());
  t.unsafeGetTensorImpl()->set_data(buffer);
  return Error::Ok;
}

Error share_tensor_data(const Tensor& t_dst, const Tensor& t_src) {
  ET_CHECK_OR_RETURN_ERROR(t_dst.nbytes() == t_src.nbytes(), InvalidArgument, "A tensor of %zu bytes cannot share %zu",
                           t_dst.nbytes(), t_src.nbytes());
  // No bytes are no data, wherever they are said to be.
  void* data = t_src.nbytes() == 0 ? nullptr : t_src.mutable_data_ptr();
  ET_CHECK_OR_RETURN_ERROR(data != nullptr || t_src.nbytes() == 0, InvalidArgument, "The source has no data");
  return set_tensor_data(t_dst, data, t_src.nbytes());
}

Error copy_tensor_data(const Tensor& t_dst, const Tensor& t_src) {
  const size_t nbytes = t_src.nbytes();
  ET_CHECK_OR_RETURN_ERROR(t_dst.nbytes() == nbytes, InvalidArgument, "A tensor of %zu bytes cannot hold %zu",
                           t_dst.nbytes(), nbytes);
  ET_CHECK_OR_RETURN_ERROR(nbytes == 0 || t_dst.const_data_ptr() != nullptr, InvalidArgument,
                           "The destination has no data");
  // A source without data leaves the destination as it is: input that is given later.
  if (nbytes != 0 && t_src.const_data_ptr() != nullptr) {
    std::memmove(t_dst.mutable_data_ptr(), t_src.const_data_ptr(), nbytes);
  }
  return Error::Ok;
}

void reset_data_ptr(const Tensor& tensor) { tensor.unsafeGetTensorImpl()->set_data(nullptr); }

}  // namespace internal
}  // namespace executorch::runtime
