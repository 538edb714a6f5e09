// atan2.out(Tensor self, Tensor other, *, Tensor(a!) out): the angle of the point (other, self), broadcast.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Atan2 : Plain {
  using Plain::Plain;
  T operator()(T self, T other) const { return std::atan2(self, other); }
};

}  // namespace

void atan2_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "ttt", 2, Answer::kFloat, binary_row<Atan2, Floats>);
}

}  // namespace etbuild::kernels
