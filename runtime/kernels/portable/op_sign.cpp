// sign.out(Tensor self, *, Tensor(a!) out): -1, 0 or 1; of NaN, 0.
#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Sign : Plain {
  using Plain::Plain;
  T operator()(T self) const { return static_cast<T>((T(0) < self) - (self < T(0))); }
};

}  // namespace

void sign_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kSame, unary_row<Sign, RealsAndBool>);
}

}  // namespace etbuild::kernels
