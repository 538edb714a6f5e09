// gguf::linear.out(Tensor input, Tensor weight, Tensor? bias, int type, *, Tensor(a!) out): input * weight^T + bias
// over the last dimension of input. The weights are blocks as they are in a GGUF file (block_table.h); input is rounded
// to 16 bits, each 32 numbers by their largest.
#include "block_table.h"
#include "expect.h"
#include "shapes.h"
#include "worker_threads.h"

namespace etbuild::kernels::gguf {
namespace {

bool is_dense_float(const Tensor& tensor) { return tensor.scalar_type() == ScalarType::Float && is_contiguous(tensor); }

bool fits(const Tensor& input, const Tensor* bias, const BlockTable& table) {
  if (!is_dense_float(input) || input.dim() < 1 || input.size(input.dim() - 1) != table.width) return false;
  return bias == nullptr || (is_dense_float(*bias) && bias->dim() == 1 && bias->size(0) == table.rows);
}

Shape shape_of_result(const Tensor& input, const BlockTable& table) {
  Shape shape;
  for (ssize_t dim = 0; dim + 1 < input.dim(); ++dim) shape.add(input.size(dim));
  shape.add(table.rows);
  return shape;
}

}  // namespace

void linear_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttoit")) return;
  const Tensor& input = tensor(arguments, 0);
  const Tensor* bias = optional_tensor(arguments, 2);
  Tensor& out = tensor(arguments, 4);
  BlockTable table;
  if (!read_table(context, tensor(arguments, 1), integer(arguments, 3), table)) return;
  if (!expect(context, fits(input, bias, table), "linear must be of float32 [..., k] and [n], and blocks [n, k]"))
    return;
  if (!resize(context, out, shape_of_result(input, table).view())) return;
  if (!expect(context, is_dense_float(out), "out must be contiguous float32")) return;
  if (out.numel() == 0) return;

  math::BlockProduct product;
  product.rows = static_cast<ptrdiff_t>(out.numel() / table.rows);
  product.columns = static_cast<ptrdiff_t>(table.rows);
  product.depth = static_cast<ptrdiff_t>(table.width);
  product.a = input.const_data_ptr<float>();
  product.a_row_stride = product.depth;
  product.weights = table.data;
  product.format = table.format;
  product.bias = bias == nullptr ? nullptr : bias->const_data_ptr<float>();
  product.out = out.mutable_data_ptr<float>();
  product.out_row_stride = product.columns;
  const size_t size = math::block_scratch(product);
  const auto memory = context.allocate_temp(size, 64);
  math::multiply_blocks(product, memory.ok() ? math::Scratch{*memory, size} : math::Scratch{}, worker_threads());
}

}  // namespace etbuild::kernels::gguf
