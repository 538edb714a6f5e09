// int4::linear_8da4w.out(Tensor input, Tensor weight, Tensor scales, Tensor? bias, *, Tensor(a!) out): input * weight^T
// + bias over the last dimension of input [..., k], whose rows are rounded to 8 bits each, as torchao's 8da4w does.
// weight is uint8[n, k / 2]: each 16 bytes hold 32 numbers q, the first half of them below, the second above; a weight
// is (q - 8) * the scale of its group. scales are [n, groups]; a group is a multiple of 32.
#include "blocks.h"
#include "expect.h"
#include "shapes.h"
#include "worker_threads.h"

namespace etbuild::kernels::int4 {
namespace {

bool is_dense_float(const Tensor& tensor) { return tensor.scalar_type() == ScalarType::Float && is_contiguous(tensor); }

bool are_weights(const Tensor& weight, const Tensor& scales) {
  if (weight.scalar_type() != ScalarType::Byte || weight.dim() != 2 || !is_contiguous(weight)) return false;
  if (!is_dense_float(scales) || scales.dim() != 2 || scales.size(0) != weight.size(0) || scales.size(1) == 0)
    return false;
  return weight.size(1) % (scales.size(1) * math::kBlock / 2) == 0;
}

bool fits(const Tensor& input, const Tensor& weight, const Tensor* bias) {
  if (!is_dense_float(input) || input.dim() < 1 || input.size(input.dim() - 1) != 2 * weight.size(1)) return false;
  return bias == nullptr || (is_dense_float(*bias) && bias->dim() == 1 && bias->size(0) == weight.size(0));
}

Shape shape_of_result(const Tensor& input, const Tensor& weight) {
  Shape shape;
  for (ssize_t dim = 0; dim + 1 < input.dim(); ++dim) shape.add(input.size(dim));
  shape.add(weight.size(0));
  return shape;
}

}  // namespace

void linear_8da4w_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tttot")) return;
  const Tensor& input = tensor(arguments, 0);
  const Tensor& weight = tensor(arguments, 1);
  const Tensor& scales = tensor(arguments, 2);
  const Tensor* bias = optional_tensor(arguments, 3);
  Tensor& out = tensor(arguments, 4);
  const bool are_whole = are_weights(weight, scales);
  if (!expect(context, are_whole, "weights must be uint8[n, k / 2] and float32[n, groups] of multiples of 32")) return;
  if (!expect(context, fits(input, weight, bias), "input and bias must be float32 [..., k] and [n]")) return;
  if (!resize(context, out, shape_of_result(input, weight).view())) return;
  if (!expect(context, is_dense_float(out), "out must be contiguous float32")) return;
  if (out.numel() == 0) return;

  math::BlockProduct product;
  product.rows = static_cast<ptrdiff_t>(out.numel() / weight.size(0));
  product.columns = static_cast<ptrdiff_t>(weight.size(0));
  product.depth = product.a_row_stride = static_cast<ptrdiff_t>(2 * weight.size(1));
  product.a = input.const_data_ptr<float>();
  product.weights = weight.const_data_ptr();
  product.format = math::BlockFormat::kInt4;
  product.scales = scales.const_data_ptr<float>();
  product.group = product.depth / static_cast<ptrdiff_t>(scales.size(1));
  product.bias = bias == nullptr ? nullptr : bias->const_data_ptr<float>();
  product.out = out.mutable_data_ptr<float>();
  product.out_row_stride = product.columns;
  const size_t size = math::block_scratch(product);
  const auto memory = context.allocate_temp(size, 64);
  math::multiply_blocks(product, memory.ok() ? math::Scratch{*memory, size} : math::Scratch{}, worker_threads());
}

}  // namespace etbuild::kernels::int4
