// mul.out(Tensor self, Tensor other, *, Tensor(a!) out): self * other, broadcast.
// mul.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out): the same with a number.
#include "rows.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Mul : Plain {
  using Plain::Plain;
  T operator()(T self, T other) const { return wrapping_multiply(self, other); }
};

}  // namespace

void mul_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "ttt", 2, Answer::kSame, binary_row<Mul, NumbersAndBool>);
}

void mul_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tst", 2, Answer::kSame, binary_row<Mul, NumbersAndBool>);
}

}  // namespace etbuild::kernels
