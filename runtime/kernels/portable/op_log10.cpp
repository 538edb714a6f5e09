// log10.out(Tensor self, *, Tensor(a!) out): logarithm to base 10 of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Log10 : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::log10(self); }
};

}  // namespace

void log10_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Log10, Floats>);
}

}  // namespace etbuild::kernels
