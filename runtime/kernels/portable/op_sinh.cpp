// sinh.out(Tensor self, *, Tensor(a!) out): hyperbolic sine of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Sinh : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::sinh(self); }
};

}  // namespace

void sinh_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Sinh, Floats>);
}

}  // namespace etbuild::kernels
