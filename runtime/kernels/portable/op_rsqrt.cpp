// rsqrt.out(Tensor self, *, Tensor(a!) out): 1 by the square root of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Rsqrt : Plain {
  using Plain::Plain;
  T operator()(T self) const { return T(1) / std::sqrt(self); }
};

}  // namespace

void rsqrt_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Rsqrt, Floats>);
}

}  // namespace etbuild::kernels
