// logical_or.out(Tensor self, Tensor other, *, Tensor(a!) out): whether self or other are not 0, broadcast.
#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct LogicalOr : Plain {
  using Plain::Plain;
  bool operator()(T self, T other) const { return self || other; }
};

}  // namespace

void logical_or_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "ttt", 2, Answer::kTruth, binary_row<LogicalOr, Types<bool>>);
}

}  // namespace etbuild::kernels
