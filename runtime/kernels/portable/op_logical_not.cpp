// logical_not.out(Tensor self, *, Tensor(a!) out): whether each element is 0.
#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct LogicalNot : Plain {
  using Plain::Plain;
  bool operator()(T self) const { return !self; }
};

}  // namespace

void logical_not_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kTruth, unary_row<LogicalNot, Types<bool>>);
}

}  // namespace etbuild::kernels
