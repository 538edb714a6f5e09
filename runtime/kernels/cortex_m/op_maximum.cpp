// maximum.out(Tensor self, Tensor other, *, Tensor(a!) out): the greater of both, or NaN if one is; broadcast.
#include "rows.h"

namespace etbuild::kernels::cortex_m {
namespace {

template <typename T>
struct Maximum : Plain {
  using Plain::Plain;
  T operator()(T self, T other) const { return self > other || self != self ? self : other; }
};

}  // namespace

void maximum_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "ttt", 2, Answer::kSame, binary_row<Maximum, RealsAndBool>);
}

}  // namespace etbuild::kernels::cortex_m
