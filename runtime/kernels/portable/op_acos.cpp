// acos.out(Tensor self, *, Tensor(a!) out): arc cosine of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Acos : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::acos(self); }
};

}  // namespace

void acos_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Acos, Floats>);
}

}  // namespace etbuild::kernels
