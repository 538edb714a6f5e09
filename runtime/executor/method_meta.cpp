#include <executorch/runtime/executor/method_meta.h>

#include <cstring>

#include "plan.h"
#include "tensor_bytes.h"

namespace executorch::runtime {
namespace {

using executorch_flatbuffer::KernelTypes;
using Indices = flatbuffers::Vector<int32_t, uint32_t>;

// The value that `position` of a method's inputs or outputs names. InvalidArgument: no such input or output.
// InvalidProgram: it names no value.
Result<const executorch_flatbuffer::EValue*> find_value(const executorch_flatbuffer::ExecutionPlan* plan,
                                                        const Indices* positions, size_t position) {
  ET_CHECK_OR_RETURN_ERROR(position < positions->size(), InvalidArgument, "index %zu out of range. number of them: %u",
                           position, static_cast<unsigned>(positions->size()));
  const int32_t index = positions->Get(static_cast<uint32_t>(position));
  ET_CHECK_OR_RETURN_ERROR(is_index(index, plan->values()->size()), InvalidProgram,
                           "internal value index %d out of range [0,%u) for input or output %zu",
                           static_cast<int>(index), static_cast<unsigned>(plan->values()->size()), position);
  return plan->values()->Get(static_cast<uint32_t>(index));
}

Result<Tag> find_tag(const executorch_flatbuffer::ExecutionPlan* plan, const Indices* positions, size_t position) {
  const auto value = find_value(plan, positions, position);
  if (!value.ok()) return value.error();
  const Tag tag = tag_of((*value)->val_type());
  ET_CHECK_OR_RETURN_ERROR(tag < Tag::ListBool, Internal, "Input or output %zu is a list", position);
  return tag;
}

Result<const executorch_flatbuffer::Tensor*> find_tensor(const executorch_flatbuffer::ExecutionPlan* plan,
                                                         const Indices* positions, size_t position) {
  const auto tag = find_tag(plan, positions, position);
  if (!tag.ok()) return tag.error();
  ET_CHECK_OR_RETURN_ERROR(*tag == Tag::Tensor, InvalidArgument, "Tag: %u input or output: %zu is not Tensor",
                           static_cast<unsigned>(*tag), position);
  return static_cast<const executorch_flatbuffer::Tensor*>((*find_value(plan, positions, position))->val());
}

// The name of a tensor that has one, else null.
const flatbuffers::String* name_of(const executorch_flatbuffer::EValue* value) {
  if (value->val_type() != KernelTypes::Tensor) return nullptr;
  const auto* extra = static_cast<const executorch_flatbuffer::Tensor*>(value->val())->extra_tensor_info();
  return extra == nullptr || extra->fully_qualified_name()->empty() ? nullptr : extra->fully_qualified_name();
}

}  // namespace

TensorInfo::TensorInfo(Span<const int32_t> sizes, Span<const uint8_t> dim_order, aten::ScalarType scalar_type,
                       const bool is_memory_planned, std::string_view name, size_t nbytes)
    : sizes_(sizes),
      dim_order_(dim_order),
      name_(name),
      scalar_type_(scalar_type),
      is_memory_planned_(is_memory_planned),
      nbytes_(nbytes) {}

Result<TensorInfo> TensorInfo::create(Span<const int32_t> sizes, Span<const uint8_t> dim_order,
                                      aten::ScalarType scalar_type, const bool is_memory_planned,
                                      std::string_view name) {
  size_t nbytes = 0;
  ET_CHECK_OR_RETURN_ERROR(internal::tensor_bytes(sizes, scalar_type, &nbytes), InvalidArgument,
                           "Failed to calculate nbytes for TensorInfo");
  return TensorInfo(sizes, dim_order, scalar_type, is_memory_planned, name, nbytes);
}

Span<const int32_t> TensorInfo::sizes() const { return sizes_; }
Span<const uint8_t> TensorInfo::dim_order() const { return dim_order_; }
aten::ScalarType TensorInfo::scalar_type() const { return scalar_type_; }
bool TensorInfo::is_memory_planned() const { return is_memory_planned_; }
size_t TensorInfo::nbytes() const { return nbytes_; }
std::string_view TensorInfo::name() const { return name_; }

MethodMeta::MethodMeta(const executorch_flatbuffer::ExecutionPlan* s_plan) : s_plan_(s_plan) {}

const char* MethodMeta::name() const { return s_plan_->name()->c_str(); }

size_t MethodMeta::num_inputs() const { return s_plan_->inputs()->size(); }
Result<Tag> MethodMeta::input_tag(size_t index) const { return find_tag(s_plan_, s_plan_->inputs(), index); }
size_t MethodMeta::num_outputs() const { return s_plan_->outputs()->size(); }
Result<Tag> MethodMeta::output_tag(size_t index) const { return find_tag(s_plan_, s_plan_->outputs(), index); }

namespace internal {

// Makes a TensorInfo of `tensor` by `create`, which only MethodMeta may call. Inputs and outputs have no names.
template <typename Create>
Result<TensorInfo> describe(Create create, const executorch_flatbuffer::Tensor* tensor, std::string_view name = {}) {
  return create({tensor->sizes()->data(), tensor->sizes()->size()},
                {tensor->dim_order()->data(), tensor->dim_order()->size()},
                static_cast<aten::ScalarType>(tensor->scalar_type()),
                tensor->allocation_info() != nullptr || tensor->data_buffer_idx() != 0, name);
}

}  // namespace internal

Result<TensorInfo> MethodMeta::input_tensor_meta(size_t index) const {
  const auto tensor = find_tensor(s_plan_, s_plan_->inputs(), index);
  if (!tensor.ok()) return tensor.error();
  return internal::describe(TensorInfo::create, *tensor);
}

Result<TensorInfo> MethodMeta::output_tensor_meta(size_t index) const {
  const auto tensor = find_tensor(s_plan_, s_plan_->outputs(), index);
  if (!tensor.ok()) return tensor.error();
  return internal::describe(TensorInfo::create, *tensor);
}

size_t MethodMeta::num_attributes() const {
  size_t count = 0;
  const auto* values = s_plan_->values();
  for (uint32_t index = 0; index < values->size(); ++index) count += name_of(values->Get(index)) != nullptr ? 1 : 0;
  return count;
}

Result<TensorInfo> MethodMeta::attribute_tensor_meta(size_t index) const {
  const auto* values = s_plan_->values();
  size_t count = 0;
  for (uint32_t at = 0; at < values->size(); ++at) {
    const auto* name = name_of(values->Get(at));
    if (name == nullptr || count++ != index) continue;
    return internal::describe(TensorInfo::create,
                              static_cast<const executorch_flatbuffer::Tensor*>(values->Get(at)->val()), name->view());
  }
  ET_LOG(Error, "No attribute tensor found at index %zu", index);
  return Error::InvalidArgument;
}

size_t MethodMeta::num_memory_planned_buffers() const {
  // The first is reserved: ids of memories begin at 1.
  const size_t count = s_plan_->non_const_buffer_sizes()->size();
  return count > 0 ? count - 1 : 0;
}

Result<int64_t> MethodMeta::memory_planned_buffer_size(size_t index) const {
  ET_CHECK_OR_RETURN_ERROR(index < num_memory_planned_buffers(), InvalidArgument,
                           "index %zu out of range. num_buffers: %zu", index, num_memory_planned_buffers());
  const int64_t size = s_plan_->non_const_buffer_sizes()->Get(static_cast<uint32_t>(index + 1));
  ET_CHECK_OR_RETURN_ERROR(size >= 0, InvalidProgram,
                           "memory_planned_buffer_size(%zu) has invalid negative size: %" PRId64, index, size);
  return size;
}

Result<etensor::Device> MethodMeta::memory_planned_buffer_device(size_t index) const {
  ET_CHECK_OR_RETURN_ERROR(index < num_memory_planned_buffers(), InvalidArgument,
                           "index %zu out of range. num_buffers: %zu", index, num_memory_planned_buffers());
  const auto* devices = s_plan_->non_const_buffer_device();
  for (uint32_t at = 0; at < devices->size(); ++at) {
    const auto* entry = devices->Get(at);
    if (entry->buffer_idx() != static_cast<int32_t>(index + 1)) continue;
    return etensor::Device(static_cast<etensor::DeviceType>(entry->device_type()), entry->device_index());
  }
  return etensor::Device(etensor::DeviceType::CPU, 0);
}

bool MethodMeta::uses_backend(const char* backend_name) const {
  ET_CHECK_MSG(backend_name != nullptr, "backend name is null");
  for (size_t index = 0; index < num_backends(); ++index) {
    if (std::strcmp(*get_backend_name(index), backend_name) == 0) return true;
  }
  return false;
}

size_t MethodMeta::num_backends() const { return s_plan_->delegates()->size(); }

Result<const char*> MethodMeta::get_backend_name(size_t index) const {
  ET_CHECK_OR_RETURN_ERROR(index < num_backends(), InvalidArgument, "Index %zu out of range. num_backends: %zu", index,
                           num_backends());
  return s_plan_->delegates()->Get(static_cast<uint32_t>(index))->id()->c_str();
}

size_t MethodMeta::num_instructions() const {
  size_t count = 0;
  const auto* chains = s_plan_->chains();
  for (uint32_t index = 0; index < chains->size(); ++index) count += chains->Get(index)->instructions()->size();
  return count;
}

}  // namespace executorch::runtime
