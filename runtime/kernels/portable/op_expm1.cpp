// expm1.out(Tensor self, *, Tensor(a!) out): e to the power, minus 1 of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Expm1 : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::expm1(self); }
};

}  // namespace

void expm1_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Expm1, Floats>);
}

}  // namespace etbuild::kernels
