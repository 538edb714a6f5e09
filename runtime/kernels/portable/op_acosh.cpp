// acosh.out(Tensor self, *, Tensor(a!) out): inverse hyperbolic cosine of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Acosh : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::acosh(self); }
};

}  // namespace

void acosh_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Acosh, Floats>);
}

}  // namespace etbuild::kernels
