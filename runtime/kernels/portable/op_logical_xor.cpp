// logical_xor.out(Tensor self, Tensor other, *, Tensor(a!) out): whether one of both is not 0, broadcast.
#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct LogicalXor : Plain {
  using Plain::Plain;
  bool operator()(T self, T other) const { return self != other; }
};

}  // namespace

void logical_xor_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "ttt", 2, Answer::kTruth, binary_row<LogicalXor, Types<bool>>);
}

}  // namespace etbuild::kernels
