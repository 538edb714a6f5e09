// copy.out(Tensor self, Tensor src, bool non_blocking=False, *, Tensor(a!) out): src, broadcast to the sizes of self.
// copy_(Tensor(a!) self, Tensor src, bool non_blocking=False): the same into self.
#include "block_rows.h"
#include "shapes.h"

namespace etbuild::kernels {
namespace {

void copy(KernelRuntimeContext& context, const Tensor& sized, const Tensor& from, Tensor& out) {
  if (!resize(context, out, sized.sizes())) return;
  Shape shape;
  if (!broadcast(shape, from.sizes()) || !broadcast(shape, sized.sizes()) || !same(shape.view(), sized.sizes())) {
    context.fail(Error::InvalidArgument);
    return;
  }
  // The output is an operand for its sizes alone.
  const Operand operands[] = {Operand(from), Operand(out)};
  const ScalarType type = out.scalar_type();
  compute(context, {operands, 2, type, type, copy_row(type)}, out);
}

}  // namespace

void copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttbt")) return;
  copy(context, tensor(arguments, 0), tensor(arguments, 1), tensor(arguments, 3));
}

void copy_(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttb")) return;
  copy(context, tensor(arguments, 0), tensor(arguments, 1), tensor(arguments, 0));
}

}  // namespace etbuild::kernels
