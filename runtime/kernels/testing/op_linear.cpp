#include "float_tensors.h"

namespace etbuild::testing {
namespace {

// Whether these are [rows, depth], [columns, depth] and, where there is a bias, [columns].
bool fit(const Tensor& input, const Tensor& weight, const Tensor* bias) {
  if (input.dim() != 2 || weight.dim() != 2 || input.size(1) != weight.size(1)) return false;
  return bias == nullptr || (bias->dim() == 1 && bias->size(0) == weight.size(0));
}

}  // namespace

// linear.out(input, weight, bias?, out).
void linear_out(KernelRuntimeContext& context, Arguments arguments) {
  const bool has_bias = arguments.size() > 2 && !arguments[2]->isNone();
  constexpr size_t kTensors[] = {0, 1, 3};
  for (const size_t index : kTensors) {
    if (!is_float_tensor(context, arguments, index)) return;
  }
  if (has_bias && !is_float_tensor(context, arguments, 2)) return;
  const Tensor& input = arguments[0]->toTensor();
  const Tensor& weight = arguments[1]->toTensor();
  const Tensor* bias = has_bias ? &arguments[2]->toTensor() : nullptr;
  Tensor& out = arguments[3]->toTensor();
  if (!fit(input, weight, bias)) return context.fail(Error::InvalidArgument);
  const int32_t sizes[] = {input.sizes()[0], weight.sizes()[0]};
  if (!resize(context, out, {sizes, 2})) return;
  const ssize_t depth = input.size(1);
  const auto* added = has_bias ? bias->const_data_ptr<float>() : nullptr;
  auto* to = out.mutable_data_ptr<float>();
  for (ssize_t at = 0; at < out.numel(); ++at) {
    const ssize_t column = at % sizes[1];
    const auto* left = input.const_data_ptr<float>() + at / sizes[1] * depth;
    const auto* right = weight.const_data_ptr<float>() + column * depth;
    float sum = has_bias ? added[column] : 0.0F;
    for (ssize_t inner = 0; inner < depth; ++inner) sum += left[inner] * right[inner];
    to[at] = sum;
  }
}

}  // namespace etbuild::testing
