#include "float_tensors.h"

namespace etbuild::testing {

bool is_float_tensor(KernelRuntimeContext& context, Arguments arguments, size_t index) {
  if (index >= arguments.size() || !arguments[index]->isTensor()) {
    context.fail(Error::InvalidArgument);
    return false;
  }
  const Tensor& tensor = arguments[index]->toTensor();
  if (tensor.scalar_type() == executorch::aten::ScalarType::Float &&
      executorch::runtime::tensor_is_default_dim_order(tensor)) {
    return true;
  }
  context.fail(Error::NotSupported);
  return false;
}

float number(const EValue& value, float fallback) {
  if (value.isInt()) {
    const auto whole = static_cast<int32_t>(value.toInt());
    return whole == value.toInt() ? static_cast<float>(whole) : fallback;
  }
  return value.isDouble() ? static_cast<float>(value.toDouble()) : fallback;
}

bool resize(KernelRuntimeContext& context, Tensor& tensor, ArrayRef<int32_t> sizes) {
  const Error error = executorch::runtime::resize_tensor(tensor, sizes);
  if (error != Error::Ok) context.fail(error);
  return error == Error::Ok;
}

bool same_sizes(const Tensor& left, const Tensor& right) { return left.sizes().equals(right.sizes()); }

}  // namespace etbuild::testing
