// atan.out(Tensor self, *, Tensor(a!) out): arc tangent of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Atan : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::atan(self); }
};

}  // namespace

void atan_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Atan, Floats>);
}

}  // namespace etbuild::kernels
