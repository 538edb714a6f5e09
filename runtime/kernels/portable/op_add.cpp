// add.out(Tensor self, Tensor other, *, Scalar alpha=1, Tensor(a!) out): self + alpha * other, broadcast.
// add.Scalar_out(Tensor self, Scalar other, Scalar alpha=1, *, Tensor(a!) out): the same with a number.
#include "rows.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Add {
  explicit Add(const Number* numbers) : alpha(numbers[0].as<T>()) {}
  T operator()(T self, T other) const { return wrapping_add(self, wrapping_multiply(alpha, other)); }
  T alpha;
};

void add(KernelRuntimeContext& context, Arguments arguments, const Operand& other) {
  const Operand operands[] = {Operand(tensor(arguments, 0)), other};
  const Number alpha(*arguments[2]);
  const ScalarType type = common_dtype(operands, 2);
  if (alpha.type == ScalarType::Double && !is_floating(type)) {
    context.fail(Error::InvalidArgument);
    return;
  }
  const ScalarType computed = computed_in(type);
  compute(context, {operands, 2, computed, computed, binary_row<Add>(computed, RealsAndBool()), &alpha},
          tensor(arguments, 3));
}

}  // namespace

void add_out(KernelRuntimeContext& context, Arguments arguments) {
  if (are_arguments(context, arguments, "ttst")) add(context, arguments, Operand(tensor(arguments, 1)));
}

void add_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tsst")) return;
  const Number other(*arguments[1]);
  add(context, arguments, Operand(other));
}

}  // namespace etbuild::kernels
