// fmod.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out): what is left of self / other, towards 0; broadcast.
// fmod.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out): the same with a number.
#include "division.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Fmod : Division<T> {
  using Division<T>::Division;
  T operator()(T self, T other) const { return this->is_zero(other) ? T(0) : truncated_remainder(self, other); }
};

}  // namespace

void fmod_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  divide(context, arguments, "ttt", binary_row<Fmod, Reals>);
}

void fmod_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  divide(context, arguments, "tst", binary_row<Fmod, Reals>);
}

}  // namespace etbuild::kernels
