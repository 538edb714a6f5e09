// erf.out(Tensor self, *, Tensor(a!) out): error function of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"
#include "vectors.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Erf : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::erf(self); }
};

}  // namespace

void erf_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, float_row<Erf, math::erf_row>);
}

}  // namespace etbuild::kernels
