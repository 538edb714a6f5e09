// exp.out(Tensor self, *, Tensor(a!) out): e to the power of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"
#include "vectors.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Exp : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::exp(self); }
};

}  // namespace

void exp_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, float_row<Exp, math::exp_row>);
}

}  // namespace etbuild::kernels
