// stack.out(Tensor[] tensors, int dim=0, *, Tensor(a!) out): tensors of the same sizes along a new dimension. They are
// promoted to a common dtype.
#include "joining.h"
#include "strided_copy.h"

namespace etbuild::kernels {

void stack_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "Tit")) return;
  const auto parts = tensors(arguments, 0);
  Tensor& out = tensor(arguments, 2);
  int64_t dim = integer(arguments, 1);
  if (!can_join(context, parts, out) || !wrap_index(context, dim, parts[0].dim() + 1)) return;
  Shape shape;
  for (size_t at = 0; at <= parts[0].sizes().size(); ++at) {
    if (at == static_cast<size_t>(dim)) shape.add(static_cast<int64_t>(parts.size()));
    if (at < parts[0].sizes().size()) shape.add(parts[0].sizes()[at]);
  }
  for (const Tensor& part : parts) {
    if (same(part.sizes(), parts[0].sizes())) continue;
    ET_LOG(Error, "Tensors that are stacked must be of the same sizes");
    return context.fail(Error::InvalidArgument);
  }
  if (!resize(context, out, shape.view()) || out.numel() == 0) return;
  for (size_t index = 0; index < parts.size(); ++index) {
    const Tensor& part = parts[index];
    StridedCopy copy;
    for (size_t at = 0; at < part.sizes().size(); ++at) {
      copy.add(part.sizes()[at], part.strides()[at], out.strides()[at < static_cast<size_t>(dim) ? at : at + 1]);
    }
    copy.collapse();
    if (!copy.run(context, part, out, static_cast<ptrdiff_t>(index) * out.strides()[static_cast<size_t>(dim)])) return;
  }
}

}  // namespace etbuild::kernels
