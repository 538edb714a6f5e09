// relu.out(Tensor self, *, Tensor(a!) out): 0 for what is below it; NaN stays.
#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Relu : Plain {
  using Plain::Plain;
  T operator()(T self) const { return self < T(0) ? T(0) : self; }
};

}  // namespace

void relu_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tt")) return;
  const Operand self(tensor(arguments, 0));
  const ScalarType type = computed_in(self.type);
  compute(context, {&self, 1, type, type, unary_row<Relu>(type, Reals())}, tensor(arguments, 1));
}

}  // namespace etbuild::kernels
