// isnan.out(Tensor self, *, Tensor(a!) out): whether each element is NaN.
#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Isnan : Plain {
  using Plain::Plain;
  bool operator()(T self) const { return self != self; }
};

}  // namespace

void isnan_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kBool, unary_row<Isnan, AnyRealsAndBool>);
}

}  // namespace etbuild::kernels
