// neg.out(Tensor self, *, Tensor(a!) out): each element with the other sign.
#include "rows.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Neg : Plain {
  using Plain::Plain;
  T operator()(T self) const { return wrapping_negate(self); }
};

}  // namespace

void neg_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kSame, unary_row<Neg, Reals>);
}

}  // namespace etbuild::kernels
