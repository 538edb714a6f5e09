// log2.out(Tensor self, *, Tensor(a!) out): logarithm to base 2 of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Log2 : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::log2(self); }
};

}  // namespace

void log2_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Log2, Floats>);
}

}  // namespace etbuild::kernels
