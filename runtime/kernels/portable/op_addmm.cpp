// addmm.out(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1, Tensor(a!) out):
// beta * self + alpha * mat1 * mat2, self broadcast.
#include "any_matrix_product.h"
#include "expect.h"
#include "shapes.h"

namespace etbuild::kernels {
namespace {

// How far apart the elements are along the dimension that is `last` from the end, if broadcast to it.
int64_t broadcast_step(const Tensor& tensor, ssize_t last) {
  const ssize_t dim = tensor.dim() - last;
  return dim < 0 || tensor.size(dim) == 1 ? 0 : tensor.strides()[static_cast<size_t>(dim)];
}

bool broadcasts(const Tensor& tensor, ArrayRef<int32_t> sizes) {
  Shape shape;
  return broadcast(shape, sizes) && broadcast(shape, tensor.sizes()) && same(shape.view(), sizes);
}

}  // namespace

void addmm_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tttsst")) return;
  const Tensor& self = tensor(arguments, 0);
  const Tensor& left = tensor(arguments, 1);
  const Tensor& right = tensor(arguments, 2);
  Tensor& out = tensor(arguments, 5);
  const bool fits = left.dim() == 2 && right.dim() == 2 && left.size(1) == right.size(0);
  if (!expect(context, fits, "addmm must multiply [m, k] and [k, n]")) return;
  const int32_t sizes[] = {left.sizes()[0], right.sizes()[1]};
  if (!expect(context, broadcasts(self, sizes), "self must broadcast to [m, n]")) return;
  if (!resize(context, out, sizes)) return;
  MatrixProduct product = {left.size(0),    left.size(1),     right.size(1),
                           matrix_of(left), matrix_of(right), matrix_of(out)};
  product.addend = {&self, broadcast_step(self, 2), broadcast_step(self, 1)};
  product.beta = Number(*arguments[3]);
  product.alpha = Number(*arguments[4]);
  multiply(context, product);
}

}  // namespace etbuild::kernels
