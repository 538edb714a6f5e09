// bmm.out(Tensor self, Tensor mat2, *, Tensor(a!) out): the products of pairs of matrices.
#include "any_matrix_product.h"
#include "expect.h"
#include "shapes.h"

namespace etbuild::kernels {

void bmm_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttt")) return;
  const Tensor& self = tensor(arguments, 0);
  const Tensor& other = tensor(arguments, 1);
  Tensor& out = tensor(arguments, 2);
  const bool fits = self.dim() == 3 && other.dim() == 3 && self.size(0) == other.size(0);
  if (!expect(context, fits && self.size(2) == other.size(1), "bmm must be of [b, m, k] and [b, k, n]")) return;
  const int32_t sizes[] = {self.sizes()[0], self.sizes()[1], other.sizes()[2]};
  if (!resize(context, out, sizes)) return;
  MatrixProduct product = {self.size(1),    self.size(2),     other.size(2),
                           matrix_of(self), matrix_of(other), matrix_of(out)};
  product.batches = self.size(0);
  multiply(context, product);
}

}  // namespace etbuild::kernels
