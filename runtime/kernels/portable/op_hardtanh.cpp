// hardtanh.out(Tensor self, Scalar min_val=-1, Scalar max_val=1, *, Tensor(a!) out): min_val for what is below it,
// max_val for what is above it; NaN stays.
#include "rows.h"
#include "vectors.h"

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

void clamp_floats(const void* const* inputs, void* out, int64_t count, const void* parameters) {
  const Hardtanh<float> bounds(static_cast<const Number*>(parameters));
  math::clamp_row(static_cast<const float*>(inputs[0]), bounds.low, bounds.high, static_cast<float*>(out),
                  static_cast<ptrdiff_t>(count));
}

Row hardtanh_row(ScalarType computed) {
  if (is_selected(ScalarType::Float) && computed == ScalarType::Float) return clamp_floats;
  using Others = Types<uint8_t, int8_t, int16_t, int32_t, int64_t, double>;
  return unary_row<Hardtanh, Others>(computed);
}

}  // namespace

void hardtanh_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tsst")) return;
  const Number numbers[] = {Number(*arguments[1]), Number(*arguments[2])};
  pointwise(context, arguments, "tsst", 1, Answer::kSame, hardtanh_row, numbers);
}

}  // namespace etbuild::kernels
