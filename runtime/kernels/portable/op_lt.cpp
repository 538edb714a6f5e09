// lt.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out): whether self is less than other, broadcast.
// lt.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out): the same with a number.
#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Lt : Plain {
  using Plain::Plain;
  bool operator()(T self, T other) const { return self < other; }
};

}  // namespace

void lt_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "ttt", 2, Answer::kBool, comparison_row<Lt>);
}

void lt_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tst", 2, Answer::kBool, comparison_row<Lt>);
}

}  // namespace etbuild::kernels
