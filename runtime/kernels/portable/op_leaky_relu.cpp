// leaky_relu.out(Tensor self, Scalar negative_slope=0.01, *, Tensor(a!) out): x where it is positive, negative_slope *
// x elsewhere.
#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct LeakyRelu {
  explicit LeakyRelu(const Number* numbers) : slope(numbers[0].as<T>()) {}
  T operator()(T self) const { return self > T(0) ? self : self * slope; }
  T slope;
};

}  // namespace

void leaky_relu_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tst")) return;
  const Number slope(*arguments[1]);
  pointwise(context, arguments, "tst", 1, Answer::kSame, unary_row<LeakyRelu, Floats>, &slope);
}

}  // namespace etbuild::kernels
