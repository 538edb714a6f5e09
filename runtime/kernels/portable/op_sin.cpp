// sin.out(Tensor self, *, Tensor(a!) out): sine of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Sin : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::sin(self); }
};

}  // namespace

void sin_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Sin, Floats>);
}

}  // namespace etbuild::kernels
