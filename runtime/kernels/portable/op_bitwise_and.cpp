// bitwise_and.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out): self & other, bit by bit, broadcast.
// bitwise_and.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out): the same with a number.
#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct BitwiseAnd : Plain {
  using Plain::Plain;
  T operator()(T self, T other) const { return static_cast<T>(self & other); }
};

}  // namespace

void bitwise_and_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "ttt", 2, Answer::kSame, binary_row<BitwiseAnd, IntegersAndBool>);
}

void bitwise_and_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tst", 2, Answer::kSame, binary_row<BitwiseAnd, IntegersAndBool>);
}

}  // namespace etbuild::kernels
