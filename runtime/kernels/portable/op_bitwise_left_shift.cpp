// bitwise_left_shift.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out): self * 2 to the power of other,
// broadcast; 0 if other is negative or beyond the dtype's width. bitwise_left_shift.Tensor_Scalar_out(Tensor self,
// Scalar other, *, Tensor(a!) out): the same with a number.
#include "rows.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct LeftShift : Plain {
  using Plain::Plain;
  T operator()(T self, T other) const {
    constexpr T kWidth = 8 * sizeof(T);
    if (other < T(0) || other >= kWidth) return T(0);
    return static_cast<T>(static_cast<Unsigned<T>>(self) << other);
  }
};

}  // namespace

void bitwise_left_shift_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "ttt", 2, Answer::kSame, binary_row<LeftShift, Integers>);
}

void bitwise_left_shift_tensor_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tst", 2, Answer::kSame, binary_row<LeftShift, Integers>);
}

}  // namespace etbuild::kernels
