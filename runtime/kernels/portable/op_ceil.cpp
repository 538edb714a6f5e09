// ceil.out(Tensor self, *, Tensor(a!) out): each element rounded up; whole numbers stay.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Ceil : Plain {
  using Plain::Plain;
  T operator()(T self) const {
    if constexpr (std::is_floating_point_v<T>) return std::ceil(self);
    return self;
  }
};

}  // namespace

void ceil_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kSame, unary_row<Ceil, AnyReals>);
}

}  // namespace etbuild::kernels
