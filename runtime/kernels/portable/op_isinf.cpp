// isinf.out(Tensor self, *, Tensor(a!) out): whether each element is infinite.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Isinf : Plain {
  using Plain::Plain;
  bool operator()(T self) const {
    if constexpr (std::is_floating_point_v<T>) return std::isinf(self);
    return false;
  }
};

}  // namespace

void isinf_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kBool, unary_row<Isinf, AnyRealsAndBool>);
}

}  // namespace etbuild::kernels
