// gelu.out(Tensor self, *, str approximate='none', Tensor(a!) out): x times the probability that a normal number is
// less than x; with "tanh", by a formula near it.
#include <cmath>

#include "rows.h"
#include "vectors.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Gelu : Plain {
  using Plain::Plain;
  T operator()(T self) const { return self * T(0.5) * (T(1) + std::erf(self * T(0.70710678118654752440))); }
};

template <typename T>
struct GeluTanh : Plain {
  using Plain::Plain;
  T operator()(T self) const {
    const T inner =
        T(0.79788456080286535588) * (self + T(0.044715) * self * self * self);  // The square root of 2 / pi.
    return T(0.5) * self * (T(1) + std::tanh(inner));
  }
};

}  // namespace

void gelu_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tzt")) return;
  const bool by_tanh = is_text(arguments, 1, "tanh");
  if (!by_tanh && !is_text(arguments, 1, "none")) {
    context.fail(Error::InvalidArgument);
    return;
  }
  const RowOf row_of = by_tanh ? float_row<GeluTanh, math::gelu_tanh_row> : float_row<Gelu, math::gelu_row>;
  pointwise(context, arguments, "tzt", 1, Answer::kSame, row_of);
}

}  // namespace etbuild::kernels
