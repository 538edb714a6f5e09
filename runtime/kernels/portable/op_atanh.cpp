// atanh.out(Tensor self, *, Tensor(a!) out): inverse hyperbolic tangent of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Atanh : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::atanh(self); }
};

}  // namespace

void atanh_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Atanh, Floats>);
}

}  // namespace etbuild::kernels
