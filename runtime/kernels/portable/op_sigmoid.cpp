// sigmoid.out(Tensor self, *, Tensor(a!) out): 1 / (1 + exp(-x)) of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"
#include "vectors.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Sigmoid : Plain {
  using Plain::Plain;
  T operator()(T self) const { return T(1) / (T(1) + std::exp(-self)); }
};

}  // namespace

void sigmoid_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, float_row<Sigmoid, math::sigmoid_row>);
}

}  // namespace etbuild::kernels
