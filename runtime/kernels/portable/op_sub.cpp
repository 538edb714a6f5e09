// sub.out(Tensor self, Tensor other, *, Scalar alpha=1, Tensor(a!) out): self - alpha * other, broadcast.
// sub.Scalar_out(Tensor self, Scalar other, Scalar alpha=1, *, Tensor(a!) out): the same with a number.
#include "rows.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Sub {
  explicit Sub(const Number* numbers) : alpha(numbers[0].as<T>()) {}
  T operator()(T self, T other) const { return wrapping_subtract(self, wrapping_multiply(alpha, other)); }
  T alpha;
};

}  // namespace

void sub_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise_scaled(context, arguments, "ttst", binary_row<Sub, Numbers>);
}

void sub_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise_scaled(context, arguments, "tsst", binary_row<Sub, Numbers>);
}

}  // namespace etbuild::kernels
