// abs.out(Tensor self, *, Tensor(a!) out): each element without its sign.
#include <cmath>

#include "rows.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Abs : Plain {
  using Plain::Plain;
  T operator()(T self) const {
    if constexpr (std::is_floating_point_v<T>) return std::abs(self);
    return self < T(0) ? wrapping_negate(self) : self;
  }
};

}  // namespace

void abs_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kSame, unary_row<Abs, Reals>);
}

}  // namespace etbuild::kernels
