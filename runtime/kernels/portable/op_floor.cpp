// floor.out(Tensor self, *, Tensor(a!) out): each element rounded down; whole numbers stay.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Floor : Plain {
  using Plain::Plain;
  T operator()(T self) const {
    if constexpr (std::is_floating_point_v<T>) return std::floor(self);
    return self;
  }
};

}  // namespace

void floor_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kSame, unary_row<Floor, AnyReals>);
}

}  // namespace etbuild::kernels
