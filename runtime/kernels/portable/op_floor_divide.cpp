// floor_divide.out(Tensor self, Tensor other, *, Tensor(a!) out): self / other, rounded down; broadcast.
#include "division.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct FloorDivide : Division<T> {
  using Division<T>::Division;
  T operator()(T self, T other) const { return this->is_zero(other) ? T(0) : floored_quotient(self, other); }
};

}  // namespace

void floor_divide_out(KernelRuntimeContext& context, Arguments arguments) {
  divide(context, arguments, "ttt", binary_row<FloorDivide, Reals>);
}

}  // namespace etbuild::kernels
