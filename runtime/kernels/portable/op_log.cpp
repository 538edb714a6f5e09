// log.out(Tensor self, *, Tensor(a!) out): natural logarithm of each element; whole numbers give floats.
#include <cmath>

#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Log : Plain {
  using Plain::Plain;
  T operator()(T self) const { return std::log(self); }
};

}  // namespace

void log_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kFloat, unary_row<Log, Floats>);
}

}  // namespace etbuild::kernels
