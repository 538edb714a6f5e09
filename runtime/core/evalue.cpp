// Lists of optional tensors, made from values whenever they are asked for.

#include <executorch/runtime/core/evalue.h>

namespace executorch::runtime {

using OptionalTensor = std::optional<etensor::Tensor>;

// A missing value, like None, is a missing tensor.
template <>
Result<ArrayRef<OptionalTensor>> BoxedEvalueList<OptionalTensor>::tryGet() const {
  for (size_t i = 0; i < wrapped_vals_.size(); ++i) {
    const EValue* value = wrapped_vals_[i];
    if (value == nullptr || value->isNone()) {
      unwrapped_vals_[i] = std::nullopt;
    } else if (value->isTensor()) {
      unwrapped_vals_[i] = value->payload.as_tensor;
    } else {
      return Error::InvalidType;
    }
  }
  return ArrayRef<OptionalTensor>(unwrapped_vals_, wrapped_vals_.size());
}

template <>
ArrayRef<OptionalTensor> BoxedEvalueList<OptionalTensor>::get() const {
  const Result<ArrayRef<OptionalTensor>> list = tryGet();
  ET_CHECK_MSG(list.ok(), "An element of a list of optional tensors is neither a tensor nor None");
  return *list;
}

}  // namespace executorch::runtime
