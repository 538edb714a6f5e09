// reciprocal.out(Tensor self, *, Tensor(a!) out): 1 by each element; whole numbers give floats.
#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Reciprocal : Plain {
  using Plain::Plain;
  T operator()(T self) const { return T(1) / self; }
};

}  // namespace

void reciprocal_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Reciprocal, Floats>);
}

}  // namespace etbuild::kernels
