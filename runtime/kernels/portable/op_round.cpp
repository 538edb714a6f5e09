// round.out(Tensor self, *, Tensor(a!) out): each element rounded to the nearest whole number, halves to the even one.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Round : Plain {
  using Plain::Plain;
  T operator()(T self) const {
    if constexpr (std::is_floating_point_v<T>) return std::nearbyint(self);
    return self;
  }
};

}  // namespace

void round_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kSame, unary_row<Round, AnyReals>);
}

}  // namespace etbuild::kernels
