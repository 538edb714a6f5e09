#include "channel_norm.h"

#include <cmath>

#include "elements.h"
#include "expect.h"
#include "vectors.h"

namespace etbuild::kernels {
namespace {

// Channels at once: if they lie next to each other, elements are read in the order of memory.
constexpr int64_t kAtOnce = 32;

// Calls with each channel, counted from `first`, of each position: where it is in the input and in the output.
template <typename Visitor>
void each_element(const Planes& from, const Planes& to, int64_t first, int64_t count, const Visitor& visit) {
  for (int64_t image = 0; image < from.images; ++image) {
    const int64_t in = image * from.image_step + first * from.channel_step;
    const int64_t out = image * to.image_step + first * to.channel_step;
    const bool outer_channels = from.step == 1;
    const int64_t outer = outer_channels ? count : from.positions;
    const int64_t inner = outer_channels ? from.positions : count;
    for (int64_t slow = 0; slow < outer; ++slow) {
      for (int64_t fast = 0; fast < inner; ++fast) {
        const int64_t channel = outer_channels ? slow : fast;
        const int64_t position = outer_channels ? fast : slow;
        visit(channel, in + channel * from.channel_step + position * from.step,
              out + channel * to.channel_step + position * to.step);
      }
    }
  }
}

template <typename T>
struct Statistics {
  T mean[kAtOnce] = {};
  T variance[kAtOnce] = {};
};

template <typename T>
void measure(const ChannelNorm& norm, const Planes& from, int64_t first, int64_t count, Statistics<T>& statistics) {
  const Input<T> input(norm.input);
  const auto elements = static_cast<T>(from.images * from.positions);
  each_element(from, from, first, count,
               [&](int64_t channel, int64_t at, int64_t /*to*/) { statistics.mean[channel] += input[at]; });
  for (int64_t channel = 0; channel < count; ++channel) statistics.mean[channel] /= elements;
  each_element(from, from, first, count, [&](int64_t channel, int64_t at, int64_t /*to*/) {
    const T off = input[at] - statistics.mean[channel];
    statistics.variance[channel] += off * off;
  });
  for (int64_t channel = 0; channel < count; ++channel) statistics.variance[channel] /= elements;
}

// Moves a statistic, of which there may be none.
template <typename T>
void move(Tensor* statistic, int64_t channel, double momentum, T towards) {
  if (statistic == nullptr) return;
  const Output<T> values(*statistic);
  const auto by = static_cast<T>(momentum);
  values.set(channel, (T(1) - by) * values[channel] + by * towards);
}

// Floats, in both tensors in the same order.
void scale_floats(const ChannelNorm& norm, const Planes& from, const Planes& to, int64_t first, int64_t count,
                  const float* scales, const float* offsets) {
  for (int64_t image = 0; image < from.images; ++image) {
    const float* in = norm.input.const_data_ptr<float>() + image * from.image_step + first * from.channel_step;
    float* out = norm.out.mutable_data_ptr<float>() + image * to.image_step + first * to.channel_step;
    if (from.step == 1) {
      for (int64_t at = 0; at < count; ++at) {
        math::scale_row(in + at * from.channel_step, scales[at], offsets[at], out + at * to.channel_step,
                        static_cast<ptrdiff_t>(from.positions));
      }
    } else {
      for (int64_t position = 0; position < from.positions; ++position) {
        const float* const elements = in + position * from.step;
        float* const results = out + position * to.step;
        for (int64_t at = 0; at < count; ++at) {
          results[at * to.channel_step] = elements[at * from.channel_step] * scales[at] + offsets[at];
        }
      }
    }
  }
}

template <typename T>
void normalize_some(const ChannelNorm& norm, const Planes& from, const Planes& to, int64_t first, int64_t count) {
  Statistics<T> statistics;
  const Input<T> weight(norm.weight);
  const Input<T> bias(norm.bias);
  if (norm.mean == nullptr) measure(norm, from, first, count, statistics);
  T scales[kAtOnce];
  T offsets[kAtOnce];
  for (int64_t at = 0; at < count; ++at) {
    const int64_t channel = first + at;
    if (norm.mean != nullptr) {
      statistics.mean[at] = Input<T>(norm.mean)[channel];
      statistics.variance[at] = Input<T>(norm.variance)[channel];
    }
    const T scale = T(1) / std::sqrt(statistics.variance[at] + static_cast<T>(norm.eps));
    scales[at] = weight.exists() ? scale * weight[channel] : scale;
    offsets[at] = (bias.exists() ? bias[channel] : T(0)) - statistics.mean[at] * scales[at];
    if (norm.saved_mean != nullptr) Output<T>(*norm.saved_mean).set(channel, statistics.mean[at]);
    if (norm.saved_scale != nullptr) Output<T>(*norm.saved_scale).set(channel, scale);
    const auto elements = static_cast<T>(from.images * from.positions);
    move(norm.moving_mean, channel, norm.momentum, statistics.mean[at]);
    move(norm.moving_variance, channel, norm.momentum, statistics.variance[at] * elements / (elements - T(1)));
  }
  if constexpr (std::is_same_v<T, float>) {
    if (norm.input.scalar_type() == ScalarType::Float && from.step == to.step) {
      scale_floats(norm, from, to, first, count, scales, offsets);
      return;
    }
  }
  const Input<T> input(norm.input);
  const Output<T> out(norm.out);
  each_element(from, to, first, count, [&](int64_t channel, int64_t in, int64_t at) {
    out.set(at, input[in] * scales[channel] + offsets[channel]);
  });
}

// Whether a tensor that is there has one element for each channel.
bool fits(const Tensor* tensor, int64_t channels) {
  return tensor == nullptr || (tensor->dim() == 1 && tensor->size(0) == channels);
}

}  // namespace

bool normalize_channels(KernelRuntimeContext& context, const ChannelNorm& norm) {
  if (!expect(context, norm.input.dim() >= 2, "the input must have channels")) return false;
  const auto channels = norm.input.sizes()[1];
  for (const Tensor* each :
       {norm.weight, norm.bias, norm.mean, norm.variance, static_cast<const Tensor*>(norm.moving_mean),
        static_cast<const Tensor*>(norm.moving_variance)}) {
    if (!expect(context, fits(each, channels), "there must be one value for each channel")) return false;
  }
  const ScalarType type = norm.input.scalar_type();
  if (!expect_dtype(context, type, &norm.out) ||
      !expect_computed_as(context, type, norm.weight, norm.bias, norm.mean, norm.variance, norm.saved_mean,
                          norm.saved_scale, norm.moving_mean, norm.moving_variance)) {
    return false;
  }
  if (!resize(context, norm.out, norm.input.sizes())) return false;
  for (Tensor* saved : {norm.saved_mean, norm.saved_scale}) {
    if (saved != nullptr && !resize(context, *saved, {channels})) return false;
  }
  Planes from;
  Planes to;
  if (!expect_planes(context, norm.input, from) || !expect_planes(context, norm.out, to)) return false;
  return expect_served(context, visit_floating(type, [&](auto zero) {
                         for (int64_t first = 0; first < channels; first += kAtOnce) {
                           const int64_t count = channels - first < kAtOnce ? channels - first : kAtOnce;
                           normalize_some<decltype(zero)>(norm, from, to, first, count);
                         }
                       }));
}

}  // namespace etbuild::kernels
