// Tensors that own their memory. What the caller does wrong ends the process, as the headers' own checks do: a
// TensorPtr has no way to carry an error.
#include <executorch/extension/tensor/tensor_ptr.h>
#include <executorch/runtime/core/device_allocator.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "elements.h"
#include "strides.h"

namespace executorch::extension {

using aten::Device;
using aten::DeviceType;
using aten::DimOrderType;
using aten::ScalarType;
using aten::SizesType;
using aten::StridesType;
using aten::Tensor;
using aten::TensorImpl;
using aten::TensorShapeDynamism;
using runtime::Error;

namespace {

using Deleter = std::function<void(void*)>;

// What a TensorPtr shares: the tensor, and all that it points to.
struct Storage final {
  Storage(std::vector<SizesType> own_sizes, void* data, std::vector<DimOrderType> own_dim_order,
          std::vector<StridesType> own_strides, ScalarType type, Device device, TensorShapeDynamism dynamism,
          Deleter own_deleter)
      : sizes(std::move(own_sizes)),
        dim_order(std::move(own_dim_order)),
        strides(std::move(own_strides)),
        deleter(std::move(own_deleter)),
        impl(type, static_cast<ssize_t>(sizes.size()), sizes.data(), data, dim_order.data(), strides.data(), dynamism,
             device.type(), device.index()),
        tensor(&impl) {}
  ~Storage() {
    if (deleter) deleter(impl.mutable_data());
  }
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  std::vector<SizesType> sizes;
  std::vector<DimOrderType> dim_order;
  std::vector<StridesType> strides;
  Deleter deleter;
  TensorImpl impl;
  Tensor tensor;
};

// The order of a dense tensor with these strides: from the largest on; where some are equal, as the dimensions come.
std::vector<DimOrderType> order_of(const std::vector<StridesType>& strides, size_t dim) {
  std::vector<DimOrderType> order(dim);
  std::iota(order.begin(), order.end(), DimOrderType{0});
  if (strides.empty()) return order;
  std::stable_sort(order.begin(), order.end(),
                   [&](DimOrderType left, DimOrderType right) { return strides[left] > strides[right]; });
  return order;
}

// Copies elements, each cast to the other type.
template <typename From, typename To>
void cast_elements(const void* from, void* to, size_t count) {
  const From* source = static_cast<const From*>(from);
  std::transform(source, source + count, static_cast<To*>(to), internal::cast_element<To, From>);
}

void cast_tensor(const Tensor& tensor, ScalarType type, void* to) {
  const auto count = static_cast<size_t>(tensor.numel());
  internal::SwitchContext context;
  ET_SWITCH_REALHBBF16_AND_UINT_TYPES(tensor.scalar_type(), context, "clone_tensor_ptr", From, [&] {
    ET_SWITCH_REALHBBF16_AND_UINT_TYPES(type, context, "clone_tensor_ptr", To,
                                        [&] { cast_elements<From, To>(tensor.const_data_ptr(), to, count); });
  });
}

// A tensor with the shape of another and other data.
TensorPtr with_shape_of(const Tensor& tensor, void* data, ScalarType type, Device device, Deleter deleter) {
  return make_tensor_ptr(
      {tensor.sizes().begin(), tensor.sizes().end()}, data, {tensor.dim_order().begin(), tensor.dim_order().end()},
      {tensor.strides().begin(), tensor.strides().end()}, type, device, tensor.shape_dynamism(), std::move(deleter));
}

TensorPtr with_shape_of(const Tensor& tensor, std::vector<uint8_t> data, ScalarType type) {
  return make_tensor_ptr({tensor.sizes().begin(), tensor.sizes().end()}, std::move(data),
                         {tensor.dim_order().begin(), tensor.dim_order().end()},
                         {tensor.strides().begin(), tensor.strides().end()}, type, tensor.shape_dynamism());
}

TensorPtr clone_to_device(const Tensor& source, Device target) {
  runtime::DeviceAllocator* allocator = runtime::get_device_allocator(target.type());
  ET_CHECK_MSG(allocator != nullptr, "No allocator is registered for device type %d", static_cast<int>(target.type()));
  auto data = allocator->allocate(source.nbytes(), target.index());
  ET_CHECK_MSG(data.ok(), "No memory for %zu bytes on the device", source.nbytes());
  const Error error = allocator->copy_host_to_device(*data, source.const_data_ptr(), source.nbytes(), target.index());
  ET_CHECK_MSG(error == Error::Ok, "Cannot copy %zu bytes to the device", source.nbytes());
  return with_shape_of(source, *data, source.scalar_type(), target,
                       [allocator, index = target.index()](void* owned) { allocator->deallocate(owned, index); });
}

TensorPtr clone_to_host(const Tensor& source) {
  runtime::DeviceAllocator* allocator = runtime::get_device_allocator(source.device_type());
  ET_CHECK_MSG(allocator != nullptr, "No allocator is registered for device type %d",
               static_cast<int>(source.device_type()));
  std::vector<uint8_t> data(source.nbytes());
  const Error error =
      allocator->copy_device_to_host(data.data(), source.const_data_ptr(), data.size(), source.device_index());
  ET_CHECK_MSG(error == Error::Ok, "Cannot copy %zu bytes from the device", data.size());
  return with_shape_of(source, std::move(data), source.scalar_type());
}

}  // namespace

TensorPtr make_tensor_ptr(std::vector<SizesType> sizes, void* data, std::vector<DimOrderType> dim_order,
                          std::vector<StridesType> strides, ScalarType type, Device device,
                          TensorShapeDynamism dynamism, Deleter deleter) {
  const size_t dim = sizes.size();
  ET_CHECK_MSG(dim_order.empty() || dim_order.size() == dim, "The dim order must have %zu dimensions, has %zu", dim,
               dim_order.size());
  ET_CHECK_MSG(strides.empty() || strides.size() == dim, "There must be %zu strides, are %zu", dim, strides.size());
  if (dim_order.empty()) dim_order = order_of(strides, dim);
  ET_CHECK_MSG(runtime::internal::is_permutation(dim_order.data(), dim), "The dim order is no permutation of [0, %zu)",
               dim);
  std::vector<StridesType> dense(dim);
  runtime::internal::dense_strides(sizes.data(), dim_order.data(), dim, dense.data());
  for (size_t index = 0; index < strides.size(); ++index) {
    // A dimension of one element is never stepped along.
    ET_CHECK_MSG(strides[index] == dense[index] || sizes[index] == 1, "Stride %zu must be %d in a dense tensor, is %d",
                 index, static_cast<int>(dense[index]), static_cast<int>(strides[index]));
  }
  const auto storage = std::make_shared<Storage>(std::move(sizes), data, std::move(dim_order), std::move(dense), type,
                                                 device, dynamism, std::move(deleter));
  return TensorPtr(storage, &storage->tensor);
}

TensorPtr make_tensor_ptr(std::vector<SizesType> sizes, std::vector<uint8_t> data, std::vector<DimOrderType> dim_order,
                          std::vector<StridesType> strides, ScalarType type, TensorShapeDynamism dynamism) {
  const auto numel = aten::safe_numel(sizes.data(), static_cast<ssize_t>(sizes.size()));
  ET_CHECK_MSG(numel.ok(), "The sizes are none of a tensor");
  const size_t element_size = aten::elementSize(type);
  ET_CHECK_MSG(data.size() % element_size == 0 && data.size() / element_size == static_cast<size_t>(*numel),
               "There must be %zd elements of %zu bytes, are %zu bytes", *numel, element_size, data.size());
  const auto owner = std::make_shared<std::vector<uint8_t>>(std::move(data));
  return make_tensor_ptr(std::move(sizes), owner->data(), std::move(dim_order), std::move(strides), type,
                         Device(DeviceType::CPU), dynamism, [owner](void*) {});
}

TensorPtr clone_tensor_ptr(const Tensor& tensor, ScalarType type) {
  ET_CHECK_MSG(tensor.device_type() == DeviceType::CPU, "What is on a device is cloned by clone_tensor_ptr_to");
  if (tensor.const_data_ptr() == nullptr) return with_shape_of(tensor, nullptr, type, Device(DeviceType::CPU), nullptr);
  if (tensor.scalar_type() == type) {
    const auto* data = static_cast<const uint8_t*>(tensor.const_data_ptr());
    return with_shape_of(tensor, std::vector<uint8_t>(data, data + tensor.nbytes()), type);
  }
  ET_CHECK_MSG(runtime::canCast(tensor.scalar_type(), type), "Scalar type %d cannot be cast to %d",
               static_cast<int>(tensor.scalar_type()), static_cast<int>(type));
  std::vector<uint8_t> data(static_cast<size_t>(tensor.numel()) * aten::elementSize(type));
  cast_tensor(tensor, type, data.data());
  return with_shape_of(tensor, std::move(data), type);
}

Error resize_tensor_ptr(TensorPtr& tensor, const std::vector<SizesType>& sizes) {
  return runtime::resize_tensor(*tensor, {sizes.data(), sizes.size()});
}

TensorPtr clone_tensor_ptr_to(const TensorPtr& tensor, Device target) {
  ET_CHECK_MSG(tensor != nullptr, "The tensor must be given, is null");
  const bool from_host = tensor->device_type() == DeviceType::CPU;
  ET_CHECK_MSG(from_host != target.is_cpu(),
               "One of source and target must be the host; clone_tensor_ptr copies on it");
  ET_CHECK_MSG(tensor->const_data_ptr() != nullptr, "The tensor has no data");
  return from_host ? clone_to_device(*tensor, target) : clone_to_host(*tensor);
}

}  // namespace executorch::extension
