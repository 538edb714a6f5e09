// Lists of optional tensors, made from values whenever they are asked for.

#include <executorch/runtime/core/evalue.h>

namespace executorch::runtime {

using OptionalTensor = std::optional<etensor::Tensor>;

namespace {

// A missing value, like None, is a missing tensor. False if one is something else.
bool unwrap(ArrayRef<EValue*> values, OptionalTensor* tensors) {
  for (const EValue* value : values) {
    if (value == nullptr || value->isNone()) {
      *tensors = std::nullopt;
    } else if (value->isTensor()) {
      *tensors = value->payload.as_tensor;
    } else {
      return false;
    }
    ++tensors;
  }
  return true;
}

}  // namespace

template <>
Result<ArrayRef<OptionalTensor>> BoxedEvalueList<OptionalTensor>::tryGet() const {
  if (!unwrap(wrapped_vals_, unwrapped_vals_)) return Error::InvalidType;
  return ArrayRef<OptionalTensor>(unwrapped_vals_, wrapped_vals_.size());
}

template <>
ArrayRef<OptionalTensor> BoxedEvalueList<OptionalTensor>::get() const {
  ET_CHECK_MSG(unwrap(wrapped_vals_, unwrapped_vals_),
               "An element of a list of optional tensors is neither a tensor nor None");
  return ArrayRef<OptionalTensor>(unwrapped_vals_, wrapped_vals_.size());
}

}  // namespace executorch::runtime
