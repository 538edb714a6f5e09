// mm.out(Tensor self, Tensor mat2, *, Tensor(a!) out): the product of two matrices.
#include "any_matrix_product.h"
#include "expect.h"
#include "shapes.h"

namespace etbuild::kernels {

void mm_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttt")) return;
  const Tensor& self = tensor(arguments, 0);
  const Tensor& other = tensor(arguments, 1);
  Tensor& out = tensor(arguments, 2);
  const bool fits = self.dim() == 2 && other.dim() == 2 && self.size(1) == other.size(0);
  if (!expect(context, fits, "mm must be of [m, k] and [k, n]")) return;
  const int32_t sizes[] = {self.sizes()[0], other.sizes()[1]};
  if (!resize(context, out, sizes)) return;
  multiply(context, {self.size(0), self.size(1), other.size(1), matrix_of(self), matrix_of(other), matrix_of(out)});
}

}  // namespace etbuild::kernels
