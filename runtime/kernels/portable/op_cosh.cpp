// cosh.out(Tensor self, *, Tensor(a!) out): hyperbolic cosine of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Cosh : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::cosh(self); }
};

}  // namespace

void cosh_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Cosh, Floats>);
}

}  // namespace etbuild::kernels
