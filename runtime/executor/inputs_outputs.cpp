#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>

#include "caller_values.h"
#include "plan.h"
#include "tensor_bytes.h"

namespace executorch::runtime {
namespace {

// A tensor of the file, at a checked index.
const executorch_flatbuffer::Tensor* tensor_at(const executorch_flatbuffer::ExecutionPlan* plan, size_t index) {
  return static_cast<const executorch_flatbuffer::Tensor*>(plan->values()->Get(static_cast<uint32_t>(index))->val());
}

// How many elements the file lets a tensor have at most; it was checked to fit.
size_t largest_numel(const executorch_flatbuffer::Tensor* tensor) {
  size_t numel = 1;
  for (const int32_t size : *tensor->sizes()) numel *= static_cast<size_t>(size);
  return numel;
}

// What the file says of a tensor at a checked index. The value may have been moved there; that changes nothing of it.
internal::TensorPlace place_of(const executorch_flatbuffer::ExecutionPlan* plan, size_t index, bool is_input) {
  const auto* source = tensor_at(plan, index);
  // An input that is a constant is none that data can be copied to.
  const bool planned = source->allocation_info() != nullptr || (!is_input && source->data_buffer_idx() != 0);
  return {planned, largest_numel(source)};
}

}  // namespace

const EValue& Method::get_value(size_t i) const {
  ET_CHECK_MSG(i < n_value_, "%zu >= %zu", i, n_value_);
  return values_[i];
}

EValue& Method::mutable_value(size_t i) {
  ET_CHECK_MSG(i < n_value_, "%zu >= %zu", i, n_value_);
  return values_[i];
}

size_t Method::inputs_size() const { return serialization_plan_->inputs()->size(); }
size_t Method::outputs_size() const { return serialization_plan_->outputs()->size(); }

size_t Method::get_input_index(size_t i) const {
  ET_CHECK_MSG(i < inputs_size(), "%zu >= %zu", i, inputs_size());
  return static_cast<size_t>(serialization_plan_->inputs()->Get(static_cast<uint32_t>(i)));
}

size_t Method::get_output_index(size_t i) const {
  ET_CHECK_MSG(i < outputs_size(), "%zu >= %zu", i, outputs_size());
  return static_cast<size_t>(serialization_plan_->outputs()->Get(static_cast<uint32_t>(i)));
}

const EValue& Method::get_input(size_t i) const { return get_value(get_input_index(i)); }
EValue& Method::mutable_input(size_t i) { return mutable_value(get_input_index(i)); }
const EValue& Method::get_output(size_t i) const { return get_value(get_output_index(i)); }
EValue& Method::mutable_output(size_t i) { return mutable_value(get_output_index(i)); }

Error Method::set_input(const EValue& input_evalue, size_t input_idx) {
  ET_CHECK_OR_RETURN_ERROR(initialized(), InvalidState, "Input can not be set until method has been initialized.");
  ET_CHECK_OR_RETURN_ERROR(input_idx < inputs_size(), InvalidArgument,
                           "Input index (%zu) must be less than the number of inputs in method (%zu).", input_idx,
                           inputs_size());
  // Whether it is taken or not: then the method runs with what it has.
  input_set_[input_idx] = true;
  ET_CHECK_OR_RETURN_ERROR(step_state_.instr_idx == 0 && step_state_.chain_idx == 0, InvalidState,
                           "Inputs can not be set mid execution.");
  const size_t index = get_input_index(input_idx);
  const EValue& value = values_[index];
  internal::TensorPlace place{};
  if (value.isTensor()) place = place_of(serialization_plan_, index, true);
  return internal::give_input(value, input_evalue, place, input_idx);
}

Error Method::set_inputs(const aten::ArrayRef<EValue>& input_evalues) {
  ET_CHECK_OR_RETURN_ERROR(initialized(), InvalidState, "Inputs can not be set until method has been initialized.");
  ET_CHECK_OR_RETURN_ERROR(input_evalues.size() == inputs_size(), InvalidArgument,
                           "Invalid number of inputs provided. Expected %zu, but got %zu", inputs_size(),
                           input_evalues.size());
  for (size_t index = 0; index < input_evalues.size(); ++index) {
    ET_CHECK_OK_OR_RETURN_ERROR(set_input(input_evalues[index], index));
  }
  return Error::Ok;
}

Error Method::set_output_data_ptr(void* buffer, size_t size, size_t output_idx) {
  ET_CHECK_OR_RETURN_ERROR(initialized(), InvalidState, "Outputs can not be set until method has been initialized.");
  ET_CHECK_OR_RETURN_ERROR(output_idx < outputs_size(), InvalidArgument, "output_idx: %zu > num_outputs: %zu",
                           output_idx, outputs_size());
  const size_t index = get_output_index(output_idx);
  const EValue& value = values_[index];
  internal::TensorPlace place{};
  if (value.isTensor()) place = place_of(serialization_plan_, index, false);
  return internal::give_output(value, buffer, size, place, output_idx);
}

namespace {

// Copies what `at(0..count)` gives into an array of `length`, and None into the rest.
template <typename At>
Error copy_values(size_t count, EValue* values, size_t length, const At& at) {
  ET_CHECK_OR_RETURN_ERROR(length >= count, InvalidArgument, "The given array is not large enough: %zu < %zu", length,
                           count);
  for (size_t index = 0; index < length; ++index) values[index] = index < count ? at(index) : EValue();
  return Error::Ok;
}

}  // namespace

Error Method::get_outputs(EValue* output_evalues, size_t length) {
  ET_CHECK_OR_RETURN_ERROR(initialized(), InvalidState,
                           "Outputs can not be retrieved until method has been initialized.");
  return copy_values(outputs_size(), output_evalues, length, [this](size_t index) { return get_output(index); });
}

Error Method::get_inputs(EValue* input_evalues, size_t length) {
  ET_CHECK_OR_RETURN_ERROR(initialized(), InvalidState,
                           "Inputs can not be retrieved until method has been initialized.");
  return copy_values(inputs_size(), input_evalues, length,
                     [this](size_t index) { return values_[get_input_index(index)]; });
}

Result<aten::Tensor> Method::get_attribute(std::string_view name) {
  const auto* sources = serialization_plan_->values();
  for (uint32_t index = 0; index < sources->size(); ++index) {
    if (sources->Get(index)->val_type() != executorch_flatbuffer::KernelTypes::Tensor) continue;
    const auto* extra = tensor_at(serialization_plan_, index)->extra_tensor_info();
    if (extra == nullptr || name.empty() || extra->fully_qualified_name()->view() != name) continue;
    return values_[index].tryToTensor();
  }
  return Error::NotFound;
}

}  // namespace executorch::runtime
