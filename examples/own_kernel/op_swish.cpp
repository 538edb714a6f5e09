// own::swish.out(Tensor x, float beta, *, Tensor(a!) out): x * sigmoid(beta * x), of dense floats.
#include <executorch/runtime/kernel/kernel_includes.h>

#include <cmath>

namespace own {

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::runtime::Error;
using executorch::runtime::KernelRuntimeContext;

Tensor& swish_out(KernelRuntimeContext& context, const Tensor& x, double beta, Tensor& out) {
  if (x.scalar_type() != ScalarType::Float || executorch::runtime::resize_tensor(out, x.sizes()) != Error::Ok) {
    context.fail(Error::InvalidArgument);
    return out;
  }
  const auto* from = x.const_data_ptr<float>();
  auto* to = out.mutable_data_ptr<float>();
  for (ssize_t at = 0; at < x.numel(); ++at)
    to[at] = from[at] / (1.0F + std::exp(-static_cast<float>(beta) * from[at]));
  return out;
}

}  // namespace own
