// trunc.out(Tensor self, *, Tensor(a!) out): each element rounded towards 0; whole numbers stay.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Trunc : Plain {
  using Plain::Plain;
  T operator()(T self) const {
    if constexpr (std::is_floating_point_v<T>) return std::trunc(self);
    return self;
  }
};

}  // namespace

void trunc_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kSame, unary_row<Trunc, AnyReals>);
}

}  // namespace etbuild::kernels
