// bitwise_not.out(Tensor self, *, Tensor(a!) out): each bit of whole numbers turned; of bools, not.
#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct BitwiseNot : Plain {
  using Plain::Plain;
  T operator()(T self) const {
    if constexpr (std::is_same_v<T, bool>) {
      return !self;
    } else {
      return static_cast<T>(~self);
    }
  }
};

}  // namespace

void bitwise_not_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kSame, unary_row<BitwiseNot, IntegersAndBool>);
}

}  // namespace etbuild::kernels
