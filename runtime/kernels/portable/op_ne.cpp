// ne.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out): whether self differs from other, broadcast.
// ne.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out): the same with a number.
#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Ne : Plain {
  using Plain::Plain;
  bool operator()(T self, T other) const { return self != other; }
};

}  // namespace

void ne_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "ttt", 2, Answer::kBool, comparison_row<Ne>);
}

void ne_scalar_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tst", 2, Answer::kBool, comparison_row<Ne>);
}

}  // namespace etbuild::kernels
