// logit.out(Tensor self, float? eps=None, *, Tensor(a!) out): the logarithm of x / (1 - x), of x within eps of neither
// 0 nor 1; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Logit {
  explicit Logit(const Number* numbers) : low(numbers[0].as<T>()), high(T(1) - low) {}
  T operator()(T self) const {
    const T raised = self < low ? low : self;
    const T inside = raised > high ? high : raised;
    return std::log(inside / (T(1) - inside));
  }
  T low;
  T high;
};

}  // namespace

void logit_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tDt")) return;
  const Number eps(is_none(arguments, 1) ? -HUGE_VAL : real(arguments, 1));
  pointwise(context, arguments, "tDt", 1, Answer::kFloat, unary_row<Logit, Floats>, &eps);
}

}  // namespace etbuild::kernels
