#include "float_tensors.h"

namespace etbuild::testing {

// mul.out(self, other, out): tensors of the same sizes.
void mul_out(KernelRuntimeContext& context, Arguments arguments) {
  for (size_t index = 0; index < 3; ++index) {
    if (!is_float_tensor(context, arguments, index)) return;
  }
  const Tensor& left = arguments[0]->toTensor();
  const Tensor& right = arguments[1]->toTensor();
  Tensor& out = arguments[2]->toTensor();
  if (!same_sizes(left, right)) return context.fail(Error::NotSupported);
  if (!resize(context, out, left.sizes())) return;
  const auto* from_left = left.const_data_ptr<float>();
  const auto* from_right = right.const_data_ptr<float>();
  auto* to = out.mutable_data_ptr<float>();
  for (ssize_t at = 0; at < out.numel(); ++at) to[at] = from_left[at] * from_right[at];
}

}  // namespace etbuild::testing
