// asinh.out(Tensor self, *, Tensor(a!) out): inverse hyperbolic sine of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Asinh : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::asinh(self); }
};

}  // namespace

void asinh_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Asinh, Floats>);
}

}  // namespace etbuild::kernels
