// relu.out(Tensor self, *, Tensor(a!) out): 0 for what is below it; NaN stays.
#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Relu : Plain {
  using Plain::Plain;
  T operator()(T self) const { return self < T(0) ? T(0) : self; }
};

}  // namespace

void relu_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kSame, unary_row<Relu, Reals>);
}

}  // namespace etbuild::kernels
