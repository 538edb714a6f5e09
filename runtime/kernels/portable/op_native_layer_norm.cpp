// native_layer_norm.out(Tensor input, SymInt[] normalized_shape, Tensor? weight, Tensor? bias, float eps, *,
// Tensor(a!) out0, Tensor(b!) out1, Tensor(c!) out2): input of mean 0 and variance 1 over its last dimensions, times
// weight, plus bias; out1 and out2 are the mean and 1 / sqrt(variance + eps).
#include <cmath>

#include "elements.h"
#include "expect.h"
#include "shapes.h"
#include "vectors.h"

namespace etbuild::kernels {
namespace {

bool is_last_of(ArrayRef<int64_t> normalized, ArrayRef<int32_t> sizes) {
  if (normalized.empty() || normalized.size() > sizes.size() || sizes.size() > kMaxRank) return false;
  for (size_t dim = 0; dim < normalized.size(); ++dim) {
    if (normalized[dim] != sizes[sizes.size() - normalized.size() + dim]) return false;
  }
  return true;
}

bool is_of(const Tensor* tensor, ArrayRef<int64_t> normalized) {
  return tensor == nullptr || (static_cast<size_t>(tensor->dim()) == normalized.size() &&
                               is_last_of(normalized, tensor->sizes()) && is_contiguous(*tensor));
}

struct Rows {
  const Tensor& input;
  const Tensor* weight;
  const Tensor* bias;
  double eps;
  Tensor &out, &mean, &scale;
};

template <typename T>
void normalize_row(const Rows& rows, int64_t row, int64_t count) {
  const Input<T> input(rows.input);
  const Input<T> weight(rows.weight);
  const Input<T> bias(rows.bias);
  const Output<T> out(rows.out);
  const int64_t first = row * count;
  T sum(0);
  for (int64_t at = 0; at < count; ++at) sum += input[first + at];
  const T mean = sum / static_cast<T>(count);
  T squares(0);
  for (int64_t at = 0; at < count; ++at) {
    const T off = input[first + at] - mean;
    squares += off * off;
  }
  const T scale = T(1) / std::sqrt(squares / static_cast<T>(count) + static_cast<T>(rows.eps));
  for (int64_t at = 0; at < count; ++at) {
    T value = (input[first + at] - mean) * scale;
    if (weight.exists()) value *= weight[at];
    if (bias.exists()) value += bias[at];
    out.set(first + at, value);
  }
  Output<T>(rows.mean).set(row, mean);
  Output<T>(rows.scale).set(row, scale);
}

const float* floats(const Tensor* tensor) { return tensor == nullptr ? nullptr : tensor->const_data_ptr<float>(); }

void normalize_floats(const Rows& rows, int64_t row_count, int64_t count) {
  const float* const input = rows.input.const_data_ptr<float>();
  float* const out = rows.out.mutable_data_ptr<float>();
  for (int64_t row = 0; row < row_count; ++row) {
    const math::Moments moments =
        math::layer_norm_row(input + row * count, floats(rows.weight), floats(rows.bias), static_cast<float>(rows.eps),
                             out + row * count, static_cast<ptrdiff_t>(count));
    rows.mean.mutable_data_ptr<float>()[row] = moments.mean;
    rows.scale.mutable_data_ptr<float>()[row] = moments.reciprocal_deviation;
  }
}

}  // namespace

void native_layer_norm_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tloodttt")) return;
  const auto normalized = integers(arguments, 1);
  Rows rows = {tensor(arguments, 0), optional_tensor(arguments, 2), optional_tensor(arguments, 3), real(arguments, 4),
               tensor(arguments, 5), tensor(arguments, 6),          tensor(arguments, 7)};
  const auto sizes = rows.input.sizes();
  if (!expect(context, is_last_of(normalized, sizes), "normalized_shape must be the last sizes of the input")) return;
  const bool fits = is_of(rows.weight, normalized) && is_of(rows.bias, normalized);
  if (!expect(context, fits, "weight and bias must be of normalized_shape")) return;
  const ScalarType type = rows.input.scalar_type();
  if (!expect_dtype(context, type, rows.weight, rows.bias, &rows.out, &rows.mean, &rows.scale)) return;
  Shape shape;
  shape.rank = sizes.size();
  int64_t count = 1;
  int64_t row_count = 1;
  for (size_t dim = 0; dim < sizes.size(); ++dim) {
    const bool is_normalized = dim >= sizes.size() - normalized.size();
    (is_normalized ? count : row_count) *= sizes[dim];
    shape.sizes[dim] = is_normalized ? 1 : sizes[dim];
  }
  if (!resize(context, rows.out, sizes) || !resize(context, rows.mean, shape.view()) ||
      !resize(context, rows.scale, shape.view())) {
    return;
  }
  if (!is_contiguous(rows.input) || !is_contiguous(rows.out)) {
    context.fail(Error::NotSupported);
    return;
  }
  if (is_selected(ScalarType::Float) && type == ScalarType::Float) {
    normalize_floats(rows, row_count, count);
    return;
  }
  expect_served(context, visit_floating(type, [&](auto zero) {
                  for (int64_t row = 0; row < row_count; ++row) normalize_row<decltype(zero)>(rows, row, count);
                }));
}

}  // namespace etbuild::kernels
