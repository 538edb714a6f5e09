// bitwise_right_shift.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out): self by 2 to the power of other,
// rounded down, broadcast; by all bits if other is negative or beyond the dtype's width.
// bitwise_right_shift.Tensor_Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out): the same with a number.
#include "rows.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct RightShift : Plain {
  using Plain::Plain;
  T operator()(T self, T other) const {
    constexpr T kWidth = 8 * sizeof(T) - (std::is_signed_v<T> ? 1 : 0);
    if (other < T(0) || other >= kWidth) return self < T(0) ? static_cast<T>(-1) : T(0);
    return static_cast<T>(self >> other);
  }
};

}  // namespace

void bitwise_right_shift_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "ttt", 2, Answer::kSame, binary_row<RightShift, Integers>);
}

void bitwise_right_shift_tensor_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tst", 2, Answer::kSame, binary_row<RightShift, Integers>);
}

}  // namespace etbuild::kernels
