// sqrt.out(Tensor self, *, Tensor(a!) out): square root of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Sqrt : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::sqrt(self); }
};

}  // namespace

void sqrt_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Sqrt, Floats>);
}

}  // namespace etbuild::kernels
