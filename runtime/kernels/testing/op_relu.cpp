#include "float_tensors.h"

namespace etbuild::testing {

// relu.out(self, out).
void relu_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!is_float_tensor(context, arguments, 0) || !is_float_tensor(context, arguments, 1)) return;
  const Tensor& in = arguments[0]->toTensor();
  Tensor& out = arguments[1]->toTensor();
  if (!resize(context, out, in.sizes())) return;
  const auto* from = in.const_data_ptr<float>();
  auto* to = out.mutable_data_ptr<float>();
  // Written so that what is not a number stays so.
  for (ssize_t at = 0; at < out.numel(); ++at) to[at] = from[at] < 0.0F ? 0.0F : from[at];
}

}  // namespace etbuild::testing
