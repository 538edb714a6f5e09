// linear.out(Tensor input, Tensor weight, Tensor? bias=None, *, Tensor(a!) out): input * weight^T + bias, over the last
// dimension of input.
#include "any_matrix_product.h"
#include "expect.h"
#include "lines.h"

namespace etbuild::kernels {
namespace {

// Sizes of the result; false if the arguments do not fit. A weight of one dimension is one row, and makes none.
bool shape_result(const Tensor& input, const Tensor& weight, const Tensor* bias, Shape& shape) {
  const ssize_t weight_rank = weight.dim();
  const auto rank = static_cast<size_t>(input.dim());
  if (weight_rank < 1 || weight_rank > 2 || rank == 0 || rank > kMaxRank) return false;
  if (input.size(input.dim() - 1) != weight.size(weight_rank - 1)) return false;
  for (size_t dim = 0; dim < rank; ++dim) shape.sizes[dim] = input.sizes()[dim];
  if (weight_rank == 2) shape.sizes[rank - 1] = weight.sizes()[0];
  shape.rank = weight_rank == 2 ? rank : rank - 1;
  if (bias == nullptr || bias->numel() == 1) return true;
  return bias->dim() == 1 && weight_rank == 2 && bias->size(0) == weight.size(0);
}

}  // namespace

void linear_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttot")) return;
  const Tensor& input = tensor(arguments, 0);
  const Tensor& weight = tensor(arguments, 1);
  const Tensor* bias = optional_tensor(arguments, 2);
  Tensor& out = tensor(arguments, 3);
  Shape shape;
  const bool fits = shape_result(input, weight, bias, shape);
  if (!expect(context, fits, "linear must be of [..., k], [n, k] and [n]")) return;
  if (!resize(context, out, shape.view())) return;
  const Lines from(input, input.dim() - 1);
  const Lines to(out, input.dim() - 1);
  MatrixProduct product = {from.count, from.length, to.length, {}, {}, {}};
  product.left = {&input, from.length, from.step};
  product.right = {&weight, 1, from.length};
  if (weight.dim() == 2) product.right = {&weight, weight.strides()[1], weight.strides()[0]};
  product.out = {&out, to.length, to.step};
  if (bias != nullptr) product.addend = {bias, 0, bias->numel() == 1 ? 0 : 1};
  if (!from.dense || !to.dense) {  // In this layout rows are not behind each other.
    context.fail(Error::NotSupported);
    return;
  }
  multiply(context, product);
}

}  // namespace etbuild::kernels
