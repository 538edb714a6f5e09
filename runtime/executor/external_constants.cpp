#include <executorch/runtime/executor/method.h>

#include <cstring>
#include <new>

#include "plan.h"
#include "tensor_parser.h"

namespace executorch::runtime {
namespace {

// The tensor, if `value` is one whose constant data comes from outside; else null.
const executorch_flatbuffer::Tensor* external_constant(const executorch_flatbuffer::EValue* value) {
  if (value->val_type() != executorch_flatbuffer::KernelTypes::Tensor) return nullptr;
  const auto* tensor = static_cast<const executorch_flatbuffer::Tensor*>(value->val());
  // With a place of its own, it is a variable that only begins with that data.
  return internal::is_external(tensor) && tensor->allocation_info() == nullptr ? tensor : nullptr;
}

}  // namespace

Result<size_t> Method::get_num_external_constants() {
  size_t count = 0;
  const auto* values = serialization_plan_->values();
  for (uint32_t index = 0; index < values->size(); ++index) {
    count += external_constant(values->Get(index)) != nullptr ? 1 : 0;
  }
  return count;
}

Error Method::parse_external_constants(const NamedDataMap* named_data_map) {
  const size_t count = *get_num_external_constants();
  if (count == 0) return Error::Ok;
  ET_CHECK_OR_RETURN_ERROR(named_data_map != nullptr, InvalidState, "external_data_map is null");
  external_constants_ = memory_manager_->method_allocator()->allocateList<NamedData>(count);
  if (external_constants_ == nullptr) return Error::MemoryAllocationFailed;
  const auto* values = serialization_plan_->values();
  for (uint32_t index = 0; index < values->size(); ++index) {
    const auto* tensor = external_constant(values->Get(index));
    if (tensor == nullptr) continue;
    const auto* name = tensor->extra_tensor_info()->fully_qualified_name();
    const auto layout = named_data_map->get_tensor_layout(name->view());
    if (!layout.ok()) return layout.error();
    ET_CHECK_OK_OR_RETURN_ERROR(internal::check_layout(tensor, *layout));

    size_t known = 0;
    while (known < n_external_constants_ && std::strcmp(external_constants_[known].key, name->c_str()) != 0) ++known;
    if (known < n_external_constants_) continue;
    auto data = named_data_map->get_data(name->view());
    ET_CHECK_OR_RETURN_ERROR(data.ok(), InvalidExternalData, "Buffer retrieved from get_data is not valid");
    new (&external_constants_[n_external_constants_++]) NamedData{name->c_str(), std::move(*data)};
  }
  return Error::Ok;
}

}  // namespace executorch::runtime
