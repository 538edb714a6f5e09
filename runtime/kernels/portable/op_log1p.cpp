// log1p.out(Tensor self, *, Tensor(a!) out): natural logarithm of 1 + x of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Log1p : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::log1p(self); }
};

}  // namespace

void log1p_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Log1p, Floats>);
}

}  // namespace etbuild::kernels
