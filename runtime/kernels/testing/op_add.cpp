#include "float_tensors.h"

namespace etbuild::testing {

// add.out(self, other, alpha, out): tensors of the same sizes.
void add_out(KernelRuntimeContext& context, Arguments arguments) {
  constexpr size_t kTensors[] = {0, 1, 3};
  for (const size_t index : kTensors) {
    if (!is_float_tensor(context, arguments, index)) return;
  }
  const Tensor& left = arguments[0]->toTensor();
  const Tensor& right = arguments[1]->toTensor();
  Tensor& out = arguments[3]->toTensor();
  if (!same_sizes(left, right)) return context.fail(Error::NotSupported);
  if (!resize(context, out, left.sizes())) return;
  const float alpha = number(*arguments[2], 1.0F);
  const auto* from_left = left.const_data_ptr<float>();
  const auto* from_right = right.const_data_ptr<float>();
  auto* to = out.mutable_data_ptr<float>();
  for (ssize_t at = 0; at < out.numel(); ++at) to[at] = from_left[at] + alpha * from_right[at];
}

}  // namespace etbuild::testing
