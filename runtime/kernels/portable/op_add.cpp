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

}  // namespace

void add_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise_scaled(context, arguments, "ttst", binary_row<Add, NumbersAndBool>);
}

void add_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise_scaled(context, arguments, "tsst", binary_row<Add, NumbersAndBool>);
}

}  // namespace etbuild::kernels
