// native_group_norm.out(Tensor input, Tensor? weight, Tensor? bias, SymInt N, SymInt C, SymInt HxW, int group,
// float eps, *, Tensor(a!) out0, Tensor(b!) out1, Tensor(c!) out2): each group of channels of an image with mean 0 and
// variance 1, times weight, plus bias; out1 and out2 are the mean and 1 / sqrt(variance + eps) of groups.
#include <executorch/runtime/kernel/thread_parallel_interface.h>

#include <cmath>

#include "elements.h"
#include "expect.h"
#include "planes.h"
#include "vectors.h"

namespace etbuild::kernels {
namespace {

struct GroupNorm {
  const Tensor& input;
  const Tensor* weight;
  const Tensor* bias;
  int64_t groups;
  double eps;
  Tensor &out, &mean, &scale;
  Planes from;

  int64_t channels() const { return from.channels / groups; }  // Of a group.
};

// Calls with each element of a group: its channel, and where it is.
template <typename Visitor>
void each_element(const Planes& planes, int64_t image, int64_t first, int64_t channels, const Visitor& visit) {
  for (int64_t channel = first; channel < first + channels; ++channel) {
    const int64_t start = image * planes.image_step + channel * planes.channel_step;
    for (int64_t at = 0; at < planes.positions; ++at) visit(channel, start + at * planes.step);
  }
}

template <typename T>
void normalize_group(const GroupNorm& norm, int64_t index) {
  const Input<T> input(norm.input);
  const Input<T> weight(norm.weight);
  const Input<T> bias(norm.bias);
  const Output<T> out(norm.out);
  const int64_t image = index / norm.groups;
  const int64_t first = index % norm.groups * norm.channels();
  T mean(0);
  T squares(0);
  T seen(0);
  each_element(norm.from, image, first, norm.channels(), [&](int64_t, int64_t at) {
    const T off = input[at] - mean;
    seen += T(1);
    mean += off / seen;
    squares += off * (input[at] - mean);
  });
  const T variance = squares / seen;
  const T scale = T(1) / std::sqrt(variance + static_cast<T>(norm.eps));
  each_element(norm.from, image, first, norm.channels(), [&](int64_t channel, int64_t at) {
    const T factor = weight.exists() ? scale * weight[channel] : scale;
    const T offset = (bias.exists() ? bias[channel] : T(0)) - mean * factor;
    out.set(at, input[at] * factor + offset);
  });
  Output<T>(norm.mean).set(index, mean);
  Output<T>(norm.scale).set(index, scale);
}

// Floats that lie behind each other.
void normalize_floats(const GroupNorm& norm, int64_t index) {
  const int64_t first = index % norm.groups * norm.channels();
  const auto positions = static_cast<ptrdiff_t>(norm.from.positions);
  const int64_t count = norm.channels() * positions;
  float* const out = norm.out.mutable_data_ptr<float>() + index * count;
  const math::Moments moments =
      math::layer_norm_row(norm.input.const_data_ptr<float>() + index * count, nullptr, nullptr,
                           static_cast<float>(norm.eps), out, static_cast<ptrdiff_t>(count));
  for (int64_t at = 0; at < norm.channels() && (norm.weight != nullptr || norm.bias != nullptr); ++at) {
    const float weight = norm.weight == nullptr ? 1.0F : norm.weight->const_data_ptr<float>()[first + at];
    const float bias = norm.bias == nullptr ? 0.0F : norm.bias->const_data_ptr<float>()[first + at];
    math::scale_row(out + at * positions, weight, bias, out + at * positions, positions);
  }
  norm.mean.mutable_data_ptr<float>()[index] = moments.mean;
  norm.scale.mutable_data_ptr<float>()[index] = moments.reciprocal_deviation;
}

bool is_per_channel(const Tensor* tensor, int64_t channels) {
  return tensor == nullptr || (tensor->dim() == 1 && tensor->size(0) == channels);
}

bool expect_fitting(KernelRuntimeContext& context, Arguments arguments, GroupNorm& norm) {
  if (!expect(context, norm.input.dim() >= 2, "the input must have channels") ||
      !resize(context, norm.out, norm.input.sizes()) || !expect_planes(context, norm.input, norm.from)) {
    return false;
  }
  const bool as_said = norm.from.images == integer(arguments, 3) && norm.from.channels == integer(arguments, 4) &&
                       norm.from.positions == integer(arguments, 5);
  if (!expect(context, as_said, "the input must be of N, C and HxW")) return false;
  const bool divides = norm.groups > 0 && norm.from.channels % norm.groups == 0;
  if (!expect(context, divides, "group must divide the channels")) return false;
  const bool fits = is_per_channel(norm.weight, norm.from.channels) && is_per_channel(norm.bias, norm.from.channels);
  return expect(context, fits, "weight and bias must have one element for each channel");
}

}  // namespace

void native_group_norm_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tooiiiidttt")) return;
  GroupNorm norm = {tensor(arguments, 0),
                    optional_tensor(arguments, 1),
                    optional_tensor(arguments, 2),
                    integer(arguments, 6),
                    real(arguments, 7),
                    tensor(arguments, 8),
                    tensor(arguments, 9),
                    tensor(arguments, 10),
                    {}};
  const ScalarType type = norm.input.scalar_type();
  if (!expect_dtype(context, type, &norm.out) ||
      !expect_computed_as(context, type, norm.weight, norm.bias, &norm.mean, &norm.scale) ||
      !expect_fitting(context, arguments, norm)) {
    return;
  }
  const auto groups = static_cast<int32_t>(norm.groups);
  const int32_t sizes[] = {norm.input.sizes()[0], groups};
  if (!resize(context, norm.mean, sizes) || !resize(context, norm.scale, sizes)) return;
  if (!same(norm.input.strides(), norm.out.strides())) {
    context.fail(Error::NotSupported);
    return;
  }
  const int64_t count = norm.from.images * norm.groups;
  const bool all_float = is_selected(ScalarType::Float) && type == ScalarType::Float && is_contiguous(norm.input);
  const auto run = [&](const auto& normalize) {
    executorch::extension::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
      for (int64_t index = begin; index < end; ++index) normalize(index);
    });
  };
  if (all_float) {
    run([&](int64_t index) { normalize_floats(norm, index); });
    return;
  }
  expect_served(context, visit_floating(type, [&](auto zero) {
                  run([&](int64_t index) { normalize_group<decltype(zero)>(norm, index); });
                }));
}

}  // namespace etbuild::kernels
