// elu.out(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1, *, Tensor(a!) out): scale * x where x is
// positive, scale * alpha * (e to the power of (input_scale * x) - 1) elsewhere.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Elu {
  explicit Elu(const Number* numbers)
      : negative(numbers[0].as<T>() * numbers[1].as<T>()), positive(numbers[1].as<T>()), inner(numbers[2].as<T>()) {}
  T operator()(T self) const { return self < T(0) ? std::expm1(self * inner) * negative : self * positive; }
  T negative;
  T positive;
  T inner;
};

}  // namespace

void elu_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tssst")) return;
  const Number numbers[] = {Number(*arguments[1]), Number(*arguments[2]), Number(*arguments[3])};
  pointwise(context, arguments, "tssst", 1, Answer::kSame, unary_row<Elu, Floats>, numbers);
}

}  // namespace etbuild::kernels
