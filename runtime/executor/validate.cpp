#include <executorch/runtime/executor/program_validation.h>

#include "plan.h"
#include "tensor_parser.h"

namespace executorch::runtime {
namespace {

namespace schema = executorch_flatbuffer;
using schema::KernelTypes;

Error validate_value(const schema::ExecutionPlan* plan, const schema::EValue* value) {
  if (value->val_type() == KernelTypes::Tensor) {
    return validate_tensor(static_cast<const schema::Tensor*>(value->val()));
  }
  if (value->val_type() != KernelTypes::TensorList) return Error::Ok;
  for (const int32_t index : *static_cast<const schema::TensorList*>(value->val())->items()) {
    ET_CHECK_OR_RETURN_ERROR(is_index(index, plan->values()->size()), InvalidProgram,
                             "TensorList item has out-of-bounds index %d (values size %u)", static_cast<int>(index),
                             static_cast<unsigned>(plan->values()->size()));
    const KernelTypes type = plan->values()->Get(static_cast<uint32_t>(index))->val_type();
    ET_CHECK_OR_RETURN_ERROR(type == KernelTypes::Tensor, InvalidProgram,
                             "TensorList item references non-Tensor evalue (type %u) at index %d",
                             static_cast<unsigned>(type), static_cast<int>(index));
  }
  return Error::Ok;
}

}  // namespace

Error validate_tensor(const schema::Tensor* tensor) {
  ET_CHECK_OR_RETURN_ERROR(tensor != nullptr, InvalidProgram, "Tensor is null");
  internal::TensorForm form;
  const Error error = internal::check_tensor(tensor, &form);
  // What this runtime does not support is no mistake of the file: only methods with such a tensor cannot be loaded.
  return error == Error::NotSupported ? Error::Ok : error;
}

Error validate_program(const schema::Program* program) {
  ET_CHECK_OR_RETURN_ERROR(program != nullptr, InvalidProgram, "Program is null");
  for (const auto* plan : *program->execution_plan()) {
    for (const auto* value : *plan->values()) ET_CHECK_OK_OR_RETURN_ERROR(validate_value(plan, value));
  }
  return Error::Ok;
}

}  // namespace executorch::runtime
