// tanh.out(Tensor self, *, Tensor(a!) out): hyperbolic tangent of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"
#include "vectors.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Tanh : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::tanh(self); }
};

}  // namespace

void tanh_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, float_row<Tanh, math::tanh_row>);
}

}  // namespace etbuild::kernels
