// relu.out(Tensor self, *, Tensor(a!) out): 0 for what is below it; NaN stays.
#include <cmath>

#include "rows.h"
#include "vectors.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Relu : Plain {
  using Plain::Plain;
  T operator()(T self) const { return self < T(0) ? T(0) : self; }
};

void relu_floats(const void* const* inputs, void* out, int64_t count, const void* /*parameters*/) {
  math::clamp_row(static_cast<const float*>(inputs[0]), 0.0F, INFINITY, static_cast<float*>(out),
                  static_cast<ptrdiff_t>(count));
}

Row relu_row(ScalarType computed) {
  if (is_selected(ScalarType::Float) && computed == ScalarType::Float) return relu_floats;
  using Others = Types<uint8_t, int8_t, int16_t, int32_t, int64_t, double>;
  return unary_row<Relu, Others>(computed);
}

}  // namespace

void relu_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kSame, relu_row);
}

}  // namespace etbuild::kernels
