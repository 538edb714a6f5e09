#include <executorch/runtime/core/exec_aten/util/scalar_type_util.h>
#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>

#include "plan.h"
#include "tensor_bytes.h"
#include "tensor_resizer.h"

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

// A tensor whose memory is the caller's can grow as far as that memory, whatever the file says.
void limit(const aten::Tensor& tensor, size_t numel) {
  etensor::TensorImpl* impl = tensor.unsafeGetTensorImpl();
  if (impl->shape_dynamism() != TensorShapeDynamism::STATIC) internal::TensorResizerFriend::set_bound(*impl, numel);
}

// Gives the tensor that a method reads the shape and the data of `given`: copied where it has a place in the plan, else
// shared.
Error set_tensor(const executorch_flatbuffer::Tensor* source, const aten::Tensor& target, const aten::Tensor& given,
                 size_t input) {
  ET_CHECK_OR_RETURN_ERROR(target.scalar_type() == given.scalar_type(), InvalidArgument,
                           "Input %zu has unexpected scalar type: expected %s but was %s.", input,
                           toString(target.scalar_type()), toString(given.scalar_type()));
  (void)input;
  const bool planned = source->allocation_info() != nullptr;
  // Before anything changes: a tensor of a new shape and without its data would have the data of the old one.
  ET_CHECK_OR_RETURN_ERROR(planned || !lacks_data(given), InvalidArgument, "Input %zu has no data", input);
  const size_t bound = internal::TensorResizerFriend::bound(*target.unsafeGetTensorImpl());
  if (!planned) limit(target, largest_numel(source));
  const Error error = resize_tensor(target, given.sizes());
  if (error != Error::Ok) {
    limit(target, bound);
    ET_LOG(Error, "Error resizing tensor at input %zu", input);
    return error;
  }
  if (planned) return internal::copy_tensor_data(target, given);
  limit(target, static_cast<size_t>(given.numel()));
  return internal::share_tensor_data(target, given);
}

// Whether a primitive input is what was exported: a program is made for that value, no other.
bool equal_primitives(const EValue& expected, const EValue& given) {
  switch (expected.tag) {
    case Tag::None:
      return true;
    case Tag::Int:
      return expected.toInt() == given.toInt();
    case Tag::Bool:
      return expected.toBool() == given.toBool();
    case Tag::Double: {
      const double difference = expected.toDouble() - given.toDouble();
      constexpr double kTolerance = 1e-4;
      return difference <= kTolerance && difference >= -kTolerance;
    }
    default:
      return expected.toString() == given.toString();
  }
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
  const bool primitive = value.isScalar() || value.isString() || value.isNone();
  ET_CHECK_OR_RETURN_ERROR(primitive || value.isTensor(), InvalidArgument,
                           "Input %zu was expected to be a Tensor or primitive but has tag %u.", input_idx,
                           static_cast<unsigned>(value.tag));
  ET_CHECK_OR_RETURN_ERROR(value.tag == input_evalue.tag, InvalidArgument,
                           "Input %zu was expected to have type %u but was %u.", input_idx,
                           static_cast<unsigned>(value.tag), static_cast<unsigned>(input_evalue.tag));
  if (primitive) {
    ET_CHECK_OR_RETURN_ERROR(equal_primitives(value, input_evalue), InvalidArgument,
                             "The %zu-th input of method should have the same value as the input_evalue", input_idx);
    return Error::Ok;
  }
  return set_tensor(tensor_at(serialization_plan_, index), value.payload.as_tensor, input_evalue.payload.as_tensor,
                    input_idx);
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
  ET_CHECK_OR_RETURN_ERROR(value.isTensor(), InvalidArgument, "Output type: %u is not a tensor.",
                           static_cast<unsigned>(value.tag));
  // The value may have been moved here; what the file says of it is whether it has a place.
  const auto* source = tensor_at(serialization_plan_, index);
  ET_CHECK_OR_RETURN_ERROR(source->allocation_info() == nullptr && source->data_buffer_idx() == 0, InvalidState,
                           "Output %zu is memory planned, or is a constant: its data can not be set", output_idx);
  const aten::Tensor& tensor = value.payload.as_tensor;
  ET_CHECK_OK_OR_RETURN_ERROR(internal::set_tensor_data(tensor, buffer, size));
  const size_t room = size / static_cast<size_t>(tensor.element_size());
  const size_t largest = largest_numel(source);
  limit(tensor, room < largest ? room : largest);
  return Error::Ok;
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
