// _conj_physical.out(Tensor self, *, Tensor(a!) out): each complex number with its imaginary part negated; others stay.
#include "block_rows.h"
#include "rows.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Conjugate : Plain {
  using Plain::Plain;
  T operator()(T self) const { return T(self.real(), -self.imag()); }
};

Row conjugate_row(ScalarType type) { return is_complex(type) ? unary_row<Conjugate, Complexes>(type) : copy_row(type); }

}  // namespace

void _conj_physical_out(KernelRuntimeContext& context, Arguments arguments) {
  pointwise(context, arguments, "tt", 1, Answer::kSame, conjugate_row);
}

}  // namespace etbuild::kernels
