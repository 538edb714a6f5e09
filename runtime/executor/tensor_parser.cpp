#include "tensor_parser.h"

#include <cstring>
#include <new>

#include "element_size.h"
#include "strides.h"
#include "tensor_bytes.h"

namespace executorch::runtime {
namespace internal {
Error check_tensor(const executorch_flatbuffer::Tensor* tensor, size_t* nbytes) {
  const auto* sizes = tensor->sizes();
  const auto* dim_order = tensor->dim_order();
  ET_CHECK_OR_RETURN_ERROR(tensor->storage_offset() == 0, NotSupported, "Non-zero storage offset %d not supported",
                           static_cast<int>(tensor->storage_offset()));
  ET_CHECK_OR_RETURN_ERROR(
      static_cast<uint8_t>(tensor->shape_dynamism()) < static_cast<uint8_t>(TensorShapeDynamism::DYNAMIC_UNBOUND),
      NotSupported, "Fully dynamic tensor shapes not yet supported");
  ET_CHECK_OR_RETURN_ERROR(dim_order->size() == sizes->size() && is_permutation(dim_order->data(), sizes->size()),
                           InvalidProgram, "dim_order of size %u is no permutation of %u dimensions",
                           static_cast<unsigned>(dim_order->size()), static_cast<unsigned>(sizes->size()));
  ET_CHECK_OR_RETURN_ERROR(
      tensor_bytes({sizes->data(), sizes->size()}, static_cast<aten::ScalarType>(tensor->scalar_type()), nbytes),
      InvalidProgram, "Invalid or unsupported ScalarType %d, negative size or too many elements",
      static_cast<int>(tensor->scalar_type()));
  return Error::Ok;
}

}  // namespace internal

namespace deserialization {

// Checks that the data map has the tensor, and describes it as the program does.
Error TensorParser::check_outside(const executorch_flatbuffer::Tensor* tensor) const {
  const auto* name = tensor->extra_tensor_info()->fully_qualified_name();
  ET_CHECK_OR_RETURN_ERROR(outside_ != nullptr, InvalidState,
                           "Cannot retrieve external tensor with fqn: %s. The named_data_map is null; most likely no "
                           "external .ptd file was provided.",
                           name->c_str());
  const auto found = outside_->get_tensor_layout(name->view());
  if (!found.ok()) return found.error();
  const TensorLayout& layout = *found;
  const auto* sizes = tensor->sizes();
  const auto* dim_order = tensor->dim_order();
  const bool equal = static_cast<int8_t>(tensor->scalar_type()) == static_cast<int8_t>(layout.scalar_type()) &&
                     sizes->size() == layout.sizes().size() && dim_order->size() == layout.dim_order().size() &&
                     std::memcmp(sizes->data(), layout.sizes().data(), sizes->size() * sizeof(int32_t)) == 0 &&
                     std::memcmp(dim_order->data(), layout.dim_order().data(), dim_order->size()) == 0;
  ET_CHECK_OR_RETURN_ERROR(equal, InvalidExternalData,
                           "Scalar type, sizes or dim order of external data are not those of the tensor: type %d and "
                           "%d, dimensions %u and %zu",
                           static_cast<int>(tensor->scalar_type()), static_cast<int>(layout.scalar_type()),
                           static_cast<unsigned>(sizes->size()), layout.sizes().size());
  return Error::Ok;
}

Error TensorParser::load_state(const executorch_flatbuffer::Tensor* tensor, size_t nbytes, void* data) const {
  const auto* extra = tensor->extra_tensor_info();
  if (internal::is_external(tensor)) {
    ET_CHECK_OK_OR_RETURN_ERROR(check_outside(tensor));
    return outside_->load_data_into(extra->fully_qualified_name()->view(), data, nbytes);
  }
  if (tensor->data_buffer_idx() == 0) return Error::Ok;
  const uint64_t group = extra == nullptr ? 0 : extra->mutable_data_segments_idx();
  ET_CHECK_OR_RETURN_ERROR(group <= SIZE_MAX, InvalidProgram, "mutable_data_segments_idx %" PRIu64 " out of range",
                           group);
  return program_->load_mutable_subsegment_into(static_cast<size_t>(group), tensor->data_buffer_idx(), nbytes, data);
}

Error TensorParser::find_constant(const executorch_flatbuffer::Tensor* tensor, size_t nbytes, void** data) {
  if (!internal::is_external(tensor)) {
    // 0 stands for no data: an input, or what control flow fills in.
    if (tensor->data_buffer_idx() == 0) return Error::Ok;
    const auto constant = program_->get_constant_buffer_data(tensor->data_buffer_idx(), nbytes);
    if (constant.ok()) *data = const_cast<void*>(*constant);
    return constant.error();
  }
  ET_CHECK_OK_OR_RETURN_ERROR(check_outside(tensor));
  const auto* name = tensor->extra_tensor_info()->fully_qualified_name();
  size_t index = 0;
  while (index < *count_ && std::strcmp(constants_[index].key, name->c_str()) != 0) ++index;
  if (index == *count_) {
    auto loaded = outside_->get_data(name->view());
    if (!loaded.ok()) return loaded.error();
    new (&constants_[(*count_)++]) NamedData{name->c_str(), std::move(*loaded)};
  }
  const FreeableBuffer& buffer = constants_[index].buffer;
  ET_CHECK_OR_RETURN_ERROR(buffer.size() >= nbytes, InvalidExternalData,
                           "External data %s has %zu bytes, its tensor %zu", name->c_str(), buffer.size(), nbytes);
  *data = const_cast<void*>(buffer.data());
  return Error::Ok;
}

Error TensorParser::find_data(const executorch_flatbuffer::Tensor* tensor, size_t nbytes, void** data) {
  *data = nullptr;
  const auto* place = tensor->allocation_info();
  if (place == nullptr) return find_constant(tensor, nbytes, data);

  HierarchicalAllocator* planned = memory_->planned_memory();
  ET_CHECK_OR_RETURN_ERROR(planned != nullptr, InvalidState,
                           "HierarchicalAllocator must not be null for memory-planned tensor");
  const uint64_t offset = (static_cast<uint64_t>(place->memory_offset_high()) << 32) | place->memory_offset_low();
  ET_CHECK_OR_RETURN_ERROR(offset <= SIZE_MAX, InvalidProgram, "memory offset %" PRIu64 " cannot be", offset);
  // Memory ids begin at 1; 0 wraps around to what the allocator refuses.
  const auto address = planned->get_offset_address(place->memory_id() - 1, static_cast<size_t>(offset), nbytes);
  if (!address.ok()) return address.error();
  *data = *address;
  return load_state(tensor, nbytes, *data);
}

int32_t* TensorParser::make_strides(const executorch_flatbuffer::Tensor* tensor) {
  const size_t rank = tensor->sizes()->size();
  const int32_t* sizes = tensor->sizes()->data();
  const uint8_t* dim_order = tensor->dim_order()->data();
  if (last_ != nullptr && last_->sizes().size() == rank &&
      std::memcmp(last_->sizes().data(), sizes, rank * sizeof(int32_t)) == 0 &&
      std::memcmp(last_->dim_order().data(), dim_order, rank) == 0) {
    return const_cast<int32_t*>(last_->strides().data());
  }
  auto* strides = memory_->method_allocator()->allocateList<int32_t>(rank);
  if (strides == nullptr) return nullptr;
  internal::dense_strides(sizes, dim_order, rank, strides);
  return strides;
}

Error TensorParser::parse(const executorch_flatbuffer::Tensor* tensor, etensor::TensorImpl** made) {
  size_t nbytes = 0;
  ET_CHECK_OK_OR_RETURN_ERROR(internal::check_tensor(tensor, &nbytes));
  void* data = nullptr;
  ET_CHECK_OK_OR_RETURN_ERROR(find_data(tensor, nbytes, &data));
  const auto type = static_cast<aten::ScalarType>(tensor->scalar_type());
  ET_CHECK_OR_RETURN_ERROR(reinterpret_cast<uintptr_t>(data) % internal::element_size_or_zero(type) == 0,
                           InvalidProgram, "Data of a tensor must be aligned to its elements of %zu bytes",
                           internal::element_size_or_zero(type));

  const auto dynamism = static_cast<TensorShapeDynamism>(tensor->shape_dynamism());
  const size_t rank = tensor->sizes()->size();
  auto* sizes = const_cast<int32_t*>(tensor->sizes()->data());
  if (dynamism != TensorShapeDynamism::STATIC) {
    // These may change, and with them the strides: nothing is shared.
    last_ = nullptr;
    auto* own = memory_->method_allocator()->allocateList<int32_t>(rank);
    if (own == nullptr) return Error::MemoryAllocationFailed;
    std::memcpy(own, sizes, rank * sizeof(int32_t));
    sizes = own;
  }
  int32_t* strides = make_strides(tensor);
  auto* impl = memory_->method_allocator()->allocateInstance<etensor::TensorImpl>();
  if (strides == nullptr || impl == nullptr) return Error::MemoryAllocationFailed;

  const auto* extra = tensor->extra_tensor_info();
  const auto device =
      extra == nullptr ? etensor::DeviceType::CPU : static_cast<etensor::DeviceType>(extra->device_type());
  new (impl) etensor::TensorImpl(type, static_cast<ssize_t>(rank), sizes, data,
                                 const_cast<uint8_t*>(tensor->dim_order()->data()), strides, dynamism, device,
                                 extra == nullptr ? etensor::DeviceIndex{0} : extra->device_index());
  last_ = dynamism == TensorShapeDynamism::STATIC ? impl : nullptr;
  *made = impl;
  return Error::Ok;
}

}  // namespace deserialization
}  // namespace executorch::runtime
