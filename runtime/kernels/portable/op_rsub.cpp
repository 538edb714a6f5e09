// rsub.Scalar_out(Tensor self, Scalar other, Scalar alpha=1, *, Tensor(a!) out): other - alpha * self.
#include "rows.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Rsub {
  explicit Rsub(const Number* numbers) : alpha(numbers[0].as<T>()) {}
  T operator()(T self, T other) const { return wrapping_subtract(other, wrapping_multiply(alpha, self)); }
  T alpha;
};

}  // namespace

void rsub_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise_scaled(context, arguments, "tsst", binary_row<Rsub, Reals>);
}

}  // namespace etbuild::kernels
