// remainder.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out): what is left of self / other, downwards;
// broadcast. remainder.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out): the same with a number.
#include "division.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Remainder : Division<T> {
  using Division<T>::Division;
  T operator()(T self, T other) const { return this->is_zero(other) ? T(0) : floored_remainder(self, other); }
};

}  // namespace

void remainder_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  divide(context, arguments, "ttt", binary_row<Remainder, Reals>);
}

void remainder_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  divide(context, arguments, "tst", binary_row<Remainder, Reals>);
}

}  // namespace etbuild::kernels
