// asin.out(Tensor self, *, Tensor(a!) out): arc sine of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Asin : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::asin(self); }
};

}  // namespace

void asin_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Asin, Floats>);
}

}  // namespace etbuild::kernels
