#include "float_tensors.h"

namespace etbuild::testing {
namespace {

// How far from one row of the bias to the next: 0 where one row serves all.
bool bias_stride(const Tensor& bias, ssize_t rows, ssize_t columns, ssize_t* stride) {
  *stride = bias.dim() == 2 && bias.size(0) > 1 ? columns : 0;
  const bool whole = bias.dim() == 2 && (bias.size(0) == rows || bias.size(0) == 1) && bias.size(1) == columns;
  return whole || (bias.dim() == 1 && bias.size(0) == columns);
}

}  // namespace

// addmm.out(self, mat1, mat2, beta, alpha, out): self is a row or a matrix.
void addmm_out(KernelRuntimeContext& context, Arguments arguments) {
  constexpr size_t kTensors[] = {0, 1, 2, 5};
  for (const size_t index : kTensors) {
    if (!is_float_tensor(context, arguments, index)) return;
  }
  const Tensor& bias = arguments[0]->toTensor();
  const Tensor& left = arguments[1]->toTensor();
  const Tensor& right = arguments[2]->toTensor();
  Tensor& out = arguments[5]->toTensor();
  if (left.dim() != 2 || right.dim() != 2 || left.size(1) != right.size(0)) return context.fail(Error::InvalidArgument);
  const ssize_t rows = left.size(0);
  const ssize_t columns = right.size(1);
  const ssize_t depth = left.size(1);
  ssize_t stride = 0;
  if (!bias_stride(bias, rows, columns, &stride)) return context.fail(Error::NotSupported);
  const int32_t sizes[] = {left.sizes()[0], right.sizes()[1]};
  if (!resize(context, out, {sizes, 2})) return;
  const float beta = number(*arguments[3], 1.0F);
  const float alpha = number(*arguments[4], 1.0F);
  const auto* a = left.const_data_ptr<float>();
  const auto* b = right.const_data_ptr<float>();
  const auto* c = bias.const_data_ptr<float>();
  auto* to = out.mutable_data_ptr<float>();
  for (ssize_t row = 0; row < rows; ++row) {
    for (ssize_t column = 0; column < columns; ++column) {
      float sum = 0.0F;
      for (ssize_t at = 0; at < depth; ++at) sum += a[row * depth + at] * b[at * columns + column];
      to[row * columns + column] = beta * c[row * stride + column] + alpha * sum;
    }
  }
}

}  // namespace etbuild::testing
