// clamp.out(Tensor self, Scalar? min=None, Scalar? max=None, *, Tensor(a!) out): min for what is below it, max for what
// is above it, max if they cross; NaN if one is.
// clamp.Tensor_out(Tensor self, Tensor? min=None, Tensor? max=None, *, Tensor(a!) out): the same of tensors, broadcast.
#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
T higher(T value, T low) {
  return value > low || value != value ? value : low;
}

template <typename T>
T lower(T value, T high) {
  return value < high || value != value ? value : high;
}

template <typename T>
struct AtLeast : Plain {
  using Plain::Plain;
  T operator()(T self, T low) const { return higher(self, low); }
};

template <typename T>
struct AtMost : Plain {
  using Plain::Plain;
  T operator()(T self, T high) const { return lower(self, high); }
};

template <typename T>
struct Within : Plain {
  using Plain::Plain;
  T operator()(T self, T low, T high) const { return lower(higher(self, low), high); }
};

void clamp(KernelRuntimeContext& context, Arguments arguments) {
  // Those that are given, in their order.
  const bool low = !is_none(arguments, 1);
  const bool high = !is_none(arguments, 2);
  if (!low && !high) {
    context.fail(Error::InvalidArgument);
    return;
  }
  EValue* given[] = {arguments[0], arguments[low ? 1 : 2], arguments[2]};
  const Operands operands(Arguments(given, 3), low && high ? 3 : 2);
  const RowOf row_of = low && high ? ternary_row<Within, RealsAndBool>
                                   : (low ? binary_row<AtLeast, RealsAndBool> : binary_row<AtMost, RealsAndBool>);
  pointwise(context, operands, Answer::kSame, row_of, tensor(arguments, 3));
}

}  // namespace

void clamp_out(KernelRuntimeContext& context, Arguments arguments) {
  if (are_arguments(context, arguments, "tSSt")) clamp(context, arguments);
}

void clamp_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  if (are_arguments(context, arguments, "toot")) clamp(context, arguments);
}

}  // namespace etbuild::kernels
