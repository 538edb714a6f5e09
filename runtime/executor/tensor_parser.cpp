#include "tensor_parser.h"

#include <cstring>
#include <new>

#include "element_size.h"
#include "segments.h"
#include "strides.h"
#include "tensor_bytes.h"

namespace executorch::runtime {
namespace internal {

bool TensorForm::is_like(const int32_t* other_sizes, const uint8_t* other_dim_order) const {
  return std::memcmp(sizes, other_sizes, rank * sizeof(int32_t)) == 0 &&
         std::memcmp(dim_order, other_dim_order, rank) == 0;
}

Error check_tensor(const executorch_flatbuffer::Tensor* tensor, TensorForm* form) {
  const auto* sizes = tensor->sizes();
  const auto* dim_order = tensor->dim_order();
  ET_CHECK_OR_RETURN_ERROR(tensor->storage_offset() == 0, NotSupported, "Non-zero storage offset %d not supported",
                           static_cast<int>(tensor->storage_offset()));
  ET_CHECK_OR_RETURN_ERROR(
      static_cast<uint8_t>(tensor->shape_dynamism()) < static_cast<uint8_t>(TensorShapeDynamism::DYNAMIC_UNBOUND),
      NotSupported, "Fully dynamic tensor shapes not yet supported");
  *form = {static_cast<aten::ScalarType>(tensor->scalar_type()), sizes->size(), sizes->data(), dim_order->data(), 0};
  ET_CHECK_OR_RETURN_ERROR(dim_order->size() == form->rank && is_permutation(form->dim_order, form->rank),
                           InvalidProgram, "dim_order of size %u is no permutation of %zu dimensions",
                           static_cast<unsigned>(dim_order->size()), form->rank);
  ET_CHECK_OR_RETURN_ERROR(tensor_bytes({form->sizes, form->rank}, form->type, &form->nbytes), InvalidProgram,
                           "Invalid or unsupported ScalarType %d, negative size or too many elements",
                           static_cast<int>(form->type));
  return Error::Ok;
}

}  // namespace internal

namespace deserialization {

using internal::TensorForm;

// Checks that the data map has the tensor, and describes it as the program does.
Error TensorParser::check_outside(const flatbuffers::String* name, const TensorForm& form) const {
  ET_CHECK_OR_RETURN_ERROR(outside_ != nullptr, InvalidState,
                           "Cannot retrieve external tensor with fqn: %s. The named_data_map is null; most likely no "
                           "external .ptd file was provided.",
                           name->c_str());
  const auto found = outside_->get_tensor_layout(name->view());
  if (!found.ok()) return found.error();
  const TensorLayout& layout = *found;
  ET_CHECK_OR_RETURN_ERROR(
      form.type == layout.scalar_type() && form.rank == layout.sizes().size() &&
          form.rank == layout.dim_order().size() && form.is_like(layout.sizes().data(), layout.dim_order().data()),
      InvalidExternalData,
      "Scalar type, sizes or dim order of external data are not those of the tensor: type %d and "
      "%d, dimensions %zu and %zu",
      static_cast<int>(form.type), static_cast<int>(layout.scalar_type()), form.rank, layout.sizes().size());
  return Error::Ok;
}

Error TensorParser::load_state(const executorch_flatbuffer::Tensor* tensor, const TensorForm& form, void* data) const {
  const auto* extra = tensor->extra_tensor_info();
  if (internal::is_external(tensor)) {
    const auto* name = extra->fully_qualified_name();
    ET_CHECK_OK_OR_RETURN_ERROR(check_outside(name, form));
    return outside_->load_data_into(name->view(), data, form.nbytes);
  }
  const uint32_t index = tensor->data_buffer_idx();
  if (index == 0) return Error::Ok;
  const uint64_t group = extra == nullptr ? 0 : extra->mutable_data_segments_idx();
  ET_CHECK_OR_RETURN_ERROR(group <= SIZE_MAX, InvalidProgram, "mutable_data_segments_idx %" PRIu64 " out of range",
                           group);
  return program_->load_mutable_subsegment_into(static_cast<size_t>(group), index, form.nbytes, data);
}

Error TensorParser::find_constant(const executorch_flatbuffer::Tensor* tensor, const TensorForm& form, void** data) {
  if (!internal::is_external(tensor)) {
    // 0 stands for no data: an input, or what control flow fills in.
    const uint32_t index = tensor->data_buffer_idx();
    if (index == 0) return Error::Ok;
    const auto constant = program_->get_constant_buffer_data(index, form.nbytes);
    if (constant.ok()) *data = const_cast<void*>(*constant);
    return constant.error();
  }
  const auto* name = tensor->extra_tensor_info()->fully_qualified_name();
  ET_CHECK_OK_OR_RETURN_ERROR(check_outside(name, form));
  NamedData* const end = constants_ + *count_;
  NamedData* constant = constants_;
  while (constant != end && std::strcmp(constant->key, name->c_str()) != 0) ++constant;
  if (constant == end) {
    constant->key = name->c_str();
    ET_CHECK_OK_OR_RETURN_ERROR(internal::take(outside_->get_data(name->view()), constant->buffer));
    ++*count_;
  }
  const FreeableBuffer& buffer = constant->buffer;
  ET_CHECK_OR_RETURN_ERROR(buffer.size() >= form.nbytes, InvalidExternalData,
                           "External data %s has %zu bytes, its tensor %zu", name->c_str(), buffer.size(), form.nbytes);
  *data = const_cast<void*>(buffer.data());
  return Error::Ok;
}

Error TensorParser::find_data(const executorch_flatbuffer::Tensor* tensor, const TensorForm& form, void** data) {
  *data = nullptr;
  const auto* place = tensor->allocation_info();
  if (place == nullptr) return find_constant(tensor, form, data);

  HierarchicalAllocator* planned = memory_->planned_memory();
  ET_CHECK_OR_RETURN_ERROR(planned != nullptr, InvalidState,
                           "HierarchicalAllocator must not be null for memory-planned tensor");
  const uint64_t offset = (static_cast<uint64_t>(place->memory_offset_high()) << 32) | place->memory_offset_low();
  ET_CHECK_OR_RETURN_ERROR(offset <= SIZE_MAX, InvalidProgram, "memory offset %" PRIu64 " cannot be", offset);
  // Memory ids begin at 1; 0 wraps around to what the allocator refuses.
  const auto address = planned->get_offset_address(place->memory_id() - 1, static_cast<size_t>(offset), form.nbytes);
  if (!address.ok()) return address.error();
  *data = *address;
  return load_state(tensor, form, *data);
}

int32_t* TensorParser::make_strides(const TensorForm& form) {
  if (last_ != nullptr && last_->sizes().size() == form.rank &&
      form.is_like(last_->sizes().data(), last_->dim_order().data())) {
    return const_cast<int32_t*>(last_->strides().data());
  }
  auto* strides = allocate_list<int32_t>(memory_->method_allocator(), form.rank);
  if (strides != nullptr) internal::dense_strides(form.sizes, form.dim_order, form.rank, strides);
  return strides;
}

Error TensorParser::parse(const executorch_flatbuffer::Tensor* tensor, etensor::TensorImpl** made) {
  TensorForm form;
  ET_CHECK_OK_OR_RETURN_ERROR(internal::check_tensor(tensor, &form));
  void* data = nullptr;
  ET_CHECK_OK_OR_RETURN_ERROR(find_data(tensor, form, &data));
  ET_CHECK_OR_RETURN_ERROR(reinterpret_cast<uintptr_t>(data) % internal::element_size_or_zero(form.type) == 0,
                           InvalidProgram, "Data of a tensor must be aligned to its elements of %zu bytes",
                           internal::element_size_or_zero(form.type));

  MemoryAllocator* allocator = memory_->method_allocator();
  const auto dynamism = static_cast<TensorShapeDynamism>(tensor->shape_dynamism());
  auto* sizes = const_cast<int32_t*>(form.sizes);
  if (dynamism != TensorShapeDynamism::STATIC) {
    // These may change, and with them the strides: nothing is shared.
    last_ = nullptr;
    sizes = allocate_list<int32_t>(allocator, form.rank);
    if (sizes == nullptr) return Error::MemoryAllocationFailed;
    std::memcpy(sizes, form.sizes, form.rank * sizeof(int32_t));
  }
  int32_t* strides = make_strides(form);
  auto* impl = allocate_list<etensor::TensorImpl>(allocator, 1);
  if (strides == nullptr || impl == nullptr) return Error::MemoryAllocationFailed;

  const auto* extra = tensor->extra_tensor_info();
  const auto device =
      extra == nullptr ? etensor::DeviceType::CPU : static_cast<etensor::DeviceType>(extra->device_type());
  new (impl) etensor::TensorImpl(form.type, static_cast<ssize_t>(form.rank), sizes, data,
                                 const_cast<uint8_t*>(form.dim_order), strides, dynamism, device,
                                 extra == nullptr ? etensor::DeviceIndex{0} : extra->device_index());
  last_ = dynamism == TensorShapeDynamism::STATIC ? impl : nullptr;
  *made = impl;
  return Error::Ok;
}

}  // namespace deserialization
}  // namespace executorch::runtime
