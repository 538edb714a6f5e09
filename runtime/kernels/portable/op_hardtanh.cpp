// hardtanh.out(Tensor self, Scalar min_val=-1, Scalar max_val=1, *, Tensor(a!) out): min_val for what is below it,
// max_val for what is above it; NaN stays.
#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Hardtanh {
  explicit Hardtanh(const Number* numbers) : low(numbers[0].as<T>()), high(numbers[1].as<T>()) {}
  T operator()(T self) const {
    const T raised = self < low ? low : self;
    return raised > high ? high : raised;
  }
  T low;
  T high;
};

}  // namespace

void hardtanh_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tsst")) return;
  const Number numbers[] = {Number(*arguments[1]), Number(*arguments[2])};
  pointwise(context, arguments, "tsst", 1, Answer::kSame, unary_row<Hardtanh, Reals>, numbers);
}

}  // namespace etbuild::kernels
