// tan.out(Tensor self, *, Tensor(a!) out): tangent of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Tan : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::tan(self); }
};

}  // namespace

void tan_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Tan, Floats>);
}

}  // namespace etbuild::kernels
