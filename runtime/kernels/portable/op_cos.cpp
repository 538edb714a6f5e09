// cos.out(Tensor self, *, Tensor(a!) out): cosine of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Cos : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::cos(self); }
};

}  // namespace

void cos_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Cos, Floats>);
}

}  // namespace etbuild::kernels
