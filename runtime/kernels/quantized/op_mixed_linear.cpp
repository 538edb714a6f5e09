// mixed_linear.out(Tensor input, Tensor weight, Tensor weight_scales, Tensor? weight_zero_points,
//                  ScalarType? dtype=None, *, Tensor(a!) out): input [..., K] x (weight [N, K] * scales)^T as dtype
//                  (the
// input's if None). Weights are Char, scales [N] or [N, groups]; floating dtypes, summed up in floats.
// Zero points are not served: no operator of ExecuTorch's is defined with them.
#include <executorch/runtime/kernel/thread_parallel_interface.h>
#include <executorch/runtime/platform/log.h>

#include "affine.h"

namespace etbuild::kernels::quantized_decomposed {
namespace {

constexpr int64_t kAtOnce = 64;
constexpr int kLanes = 8;

struct Linear {
  const Tensor& input;
  const Tensor& weight;
  const Tensor& scales;
  int64_t depth;   // Elements of a row of the input, and of the weights.
  int64_t groups;  // Scales a row of the weights.
};

// Sums of products in lanes of their own, so that they can be computed at once.
float dot(const float* left, const int8_t* right, int64_t count) {
  float sums[kLanes] = {};
  int64_t at = 0;
  for (; at + kLanes <= count; at += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) sums[lane] += left[at + lane] * static_cast<float>(right[at + lane]);
  }
  for (int lane = 0; at < count; ++at, ++lane) sums[lane] += left[at] * static_cast<float>(right[at]);
  float sum = 0;
  for (const float each : sums) sum += each;
  return sum;
}

// One element of the result.
float product(const Linear& linear, int64_t row, int64_t column) {
  const ScalarType type = linear.input.scalar_type();
  const auto* weights = linear.weight.const_data_ptr<int8_t>() + column * linear.depth;
  const int64_t size = linear.depth / linear.groups;
  float buffer[kAtOnce];
  float total = 0;
  for (int64_t group = 0; group < linear.groups; ++group) {
    float sum = 0;
    for (int64_t at = group * size; at < (group + 1) * size; at += kAtOnce) {
      const int64_t left = (group + 1) * size - at;
      const int64_t now = left < kAtOnce ? left : kAtOnce;
      const float* elements = buffer;
      if (type == ScalarType::Float) {
        elements = linear.input.const_data_ptr<float>() + row * linear.depth + at;
      } else {
        for (int64_t index = 0; index < now; ++index) {
          buffer[index] =
              static_cast<float>(read(type, linear.input.const_data_ptr(), row * linear.depth + at + index));
        }
      }
      sum += dot(elements, weights + at, now);
    }
    const int64_t scale = column * linear.groups + group;
    total += sum * static_cast<float>(read(linear.scales.scalar_type(), linear.scales.const_data_ptr(), scale));
  }
  return total;
}

bool are_valid(const Linear& linear) {
  const Tensor& scales = linear.scales;
  return linear.weight.dim() == 2 && linear.weight.scalar_type() == ScalarType::Char && linear.input.dim() > 0 &&
         linear.depth == linear.weight.size(1) && is_real(linear.input.scalar_type()) &&
         is_real(scales.scalar_type()) && (scales.dim() == 1 || scales.dim() == 2) &&
         scales.size(0) == linear.weight.size(0) && linear.groups > 0 && linear.depth % linear.groups == 0 &&
         is_contiguous(linear.input) && is_contiguous(linear.weight) && is_contiguous(scales);
}

}  // namespace

void mixed_linear_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tttoIt")) return;
  if (!is_none(arguments, 3)) return context.fail(Error::NotSupported);
  const Tensor& input = tensor(arguments, 0);
  const Tensor& scales = tensor(arguments, 2);
  Tensor& out = tensor(arguments, 5);
  const auto rank = static_cast<size_t>(input.dim());
  const Linear linear = {input, tensor(arguments, 1), scales, rank == 0 ? 0 : input.sizes()[rank - 1],
                         scales.dim() == 2 ? scales.size(1) : 1};
  if (!are_valid(linear) || out.scalar_type() != dtype(arguments, 4, input.scalar_type()) ||
      !is_real(out.scalar_type()) || rank > kMaxRank) {
    ET_LOG(Error, "mixed_linear takes a floating input [..., K], weights [N, K] of Char, scales [N] or [N, groups]");
    return context.fail(Error::InvalidArgument);
  }
  Shape shape;
  for (; shape.rank < rank; ++shape.rank) shape.sizes[shape.rank] = input.sizes()[shape.rank];
  const int64_t columns = linear.weight.size(0);
  shape.sizes[rank - 1] = static_cast<int32_t>(columns);
  if (!resize(context, out, shape.view())) return;
  if (!is_contiguous(out)) return context.fail(Error::NotSupported);
  if (columns == 0) return;
  const int64_t rows = out.numel() / columns;
  const auto run = [&](int64_t begin, int64_t end) {
    for (int64_t column = begin; column < end; ++column) {
      for (int64_t row = 0; row < rows; ++row) {
        write(out.scalar_type(), out.mutable_data_ptr(), row * columns + column,
              static_cast<double>(product(linear, row, column)));
      }
    }
  };
  constexpr int64_t kGrain = 64;  // Columns that are worth a thread.
  if (columns < 2 * kGrain) return run(0, columns);
  executorch::extension::parallel_for(0, columns, kGrain, run);
}

}  // namespace etbuild::kernels::quantized_decomposed
