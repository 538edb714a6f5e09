// bitwise_xor.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out): self ^ other, bit by bit, broadcast.
// bitwise_xor.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out): the same with a number.
#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct BitwiseXor : Plain {
  using Plain::Plain;
  T operator()(T self, T other) const { return static_cast<T>(self ^ other); }
};

}  // namespace

void bitwise_xor_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "ttt", 2, Answer::kSame, binary_row<BitwiseXor, IntegersAndBool>);
}

void bitwise_xor_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tst", 2, Answer::kSame, binary_row<BitwiseXor, IntegersAndBool>);
}

}  // namespace etbuild::kernels
