// mixed_mm.out(Tensor input, Tensor weight, Tensor weight_scales, Tensor? weight_zero_points, *, Tensor(a!) out):
// input [M, K] x (weight [K, N] * scales [K]). Weights are Char; the rest is of one floating dtype, summed up in
// floats. Zero points are not served: no operator of ExecuTorch's is defined with them.
#include <executorch/runtime/platform/log.h>

#include "affine.h"

namespace etbuild::kernels::quantized_decomposed {
namespace {

constexpr int64_t kAtOnce = 64;

struct Product {
  const Tensor& input;
  const Tensor& weight;
  const Tensor& scales;
  int64_t depth;
  int64_t columns;
};

bool are_valid(const Tensor& input, const Tensor& weight, const Tensor& scales, const Tensor& out) {
  return input.dim() == 2 && weight.dim() == 2 && scales.dim() == 1 && weight.scalar_type() == ScalarType::Char &&
         is_real(input.scalar_type()) && is_real(scales.scalar_type()) && out.scalar_type() == input.scalar_type() &&
         input.size(1) == weight.size(0) && scales.size(0) == weight.size(0) && is_contiguous(input) &&
         is_contiguous(weight);
}

// Columns `first` and on of a row of the result.
void multiply(const Product& by, int64_t row, int64_t first, int64_t count, Tensor& out) {
  float sums[kAtOnce] = {};
  const auto* weights = by.weight.const_data_ptr<int8_t>() + first;
  for (int64_t at = 0; at < by.depth; ++at, weights += by.columns) {
    const auto element =
        static_cast<float>(read(by.input.scalar_type(), by.input.const_data_ptr(), row * by.depth + at));
    const auto factor = element * static_cast<float>(read(by.scales.scalar_type(), by.scales.const_data_ptr(), at));
    for (int64_t index = 0; index < count; ++index) sums[index] += factor * static_cast<float>(weights[index]);
  }
  for (int64_t index = 0; index < count; ++index) {
    write(out.scalar_type(), out.mutable_data_ptr(), row * by.columns + first + index,
          static_cast<double>(sums[index]));
  }
}

}  // namespace

void mixed_mm_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tttot")) return;
  if (!is_none(arguments, 3)) return context.fail(Error::NotSupported);
  const Tensor& input = tensor(arguments, 0);
  const Tensor& weight = tensor(arguments, 1);
  const Tensor& scales = tensor(arguments, 2);
  Tensor& out = tensor(arguments, 4);
  if (!are_valid(input, weight, scales, out)) {
    ET_LOG(Error, "mixed_mm takes a floating input [M, K], weights [K, N] of Char, scales [K]");
    return context.fail(Error::InvalidArgument);
  }
  const int32_t sizes[] = {input.sizes()[0], weight.sizes()[1]};
  if (!resize(context, out, {sizes, 2})) return;
  if (!is_contiguous(out)) return context.fail(Error::NotSupported);
  const Product by = {input, weight, scales, input.size(1), weight.size(1)};
  for (int64_t row = 0; row < input.size(0); ++row) {
    for (int64_t first = 0; first < by.columns; first += kAtOnce) {
      multiply(by, row, first, by.columns - first < kAtOnce ? by.columns - first : kAtOnce, out);
    }
  }
}

}  // namespace etbuild::kernels::quantized_decomposed
