// Convolution by its definition, of any layout, in the dtypes that the including source serves.

#pragma once

#include <executorch/runtime/kernel/thread_parallel_interface.h>

#include "convolution_arguments.h"
#include "elements.h"
#include "expect.h"
#include "float_convolution.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

// Where on the input the window's tap lies, for an output; false if it lies on none.
bool find_input(const Convolution& convolution, size_t spatial, int64_t output, int64_t tap, int64_t size,
                int64_t& input) {
  const Window& window = convolution.window;
  const int64_t reach = tap * window.dilation[spatial] - window.padding[spatial];
  if (convolution.transposed) {
    input = output - reach;
    if (input < 0 || input % window.stride[spatial] != 0) return false;
    input /= window.stride[spatial];
  } else {
    input = output * window.stride[spatial] + reach;
  }
  return input >= 0 && input < size;
}

// One output, at `at`, of channels of one group.
template <typename T>
struct Taps {
  Image from, weights;
  Input<T> input, weight;
  int64_t inputs;      // Channels of the group.
  int64_t input_step;  // Of the weights, to the next of them.
  const Convolution& convolution;

  T sum(int64_t input_at, int64_t weight_at, const int64_t (&at)[kSpatial], T total) const {
    int64_t found[kSpatial];
    for (int64_t z = 0; z < weights.sizes[2]; ++z) {
      if (!find_input(convolution, 0, at[0], z, from.sizes[2], found[0])) continue;
      for (int64_t y = 0; y < weights.sizes[3]; ++y) {
        if (!find_input(convolution, 1, at[1], y, from.sizes[3], found[1])) continue;
        for (int64_t x = 0; x < weights.sizes[4]; ++x) {
          if (!find_input(convolution, 2, at[2], x, from.sizes[4], found[2])) continue;
          int64_t one = input_at + found[0] * from.steps[2] + found[1] * from.steps[3] + found[2] * from.steps[4];
          int64_t other = weight_at + z * weights.steps[2] + y * weights.steps[3] + x * weights.steps[4];
          for (int64_t channel = 0; channel < inputs; ++channel) {
            total = wrapping_add(total, wrapping_multiply(input[one], weight[other]));
            one += from.steps[1];
            other += input_step;
          }
        }
      }
    }
    return total;
  }
};

template <typename T>
void convolve_channel(const Taps<T>& taps, const Input<T>& bias, const Image& to, const Output<T>& out, int64_t image,
                      int64_t channel) {
  const int64_t outputs = to.sizes[1] / taps.convolution.groups;  // Of a group.
  const int64_t group = channel / outputs;
  const int64_t first = group * taps.inputs;
  const int64_t* steps = taps.weights.steps;
  const int64_t weight_at =
      taps.convolution.transposed ? first * steps[0] + channel % outputs * steps[1] : channel * steps[0];
  const T start = bias.exists() ? bias[channel] : T(0);
  int64_t at[kSpatial];
  for (at[0] = 0; at[0] < to.sizes[2]; ++at[0]) {
    for (at[1] = 0; at[1] < to.sizes[3]; ++at[1]) {
      for (at[2] = 0; at[2] < to.sizes[4]; ++at[2]) {
        const int64_t place =
            to.start(image, channel) + at[0] * to.steps[2] + at[1] * to.steps[3] + at[2] * to.steps[4];
        out.set(place, taps.sum(taps.from.start(image, first), weight_at, at, start));
      }
    }
  }
}

template <typename T>
void convolve_all(const Convolution& convolution, const Tensor& input, const Tensor& weight, const Tensor* bias,
                  Tensor& out) {
  const Image weights(weight);
  const Image from(input);
  const Image to(out);
  const Taps<T> taps = {from,
                        weights,
                        Input<T>(input),
                        Input<T>(weight),
                        from.sizes[1] / convolution.groups,
                        weights.steps[convolution.transposed ? 0 : 1],
                        convolution};
  const int64_t channels = to.sizes[1];
  executorch::extension::parallel_for(0, to.sizes[0] * channels, 1, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; ++at) {
      convolve_channel(taps, Input<T>(bias), to, Output<T>(out), at / channels, at % channels);
    }
  });
}

// Computes it; the bias may be null. All must have one dtype: false, and the call has failed, if it is not served.
inline bool convolve(KernelRuntimeContext& context, const Convolution& convolution, const Tensor& input,
                     const Tensor& weight, const Tensor* bias, Tensor& out) {
  const ScalarType type = input.scalar_type();
  if (!expect_dtype(context, type, &weight, bias, &out)) return false;
  if (is_selected(ScalarType::Float) && type == ScalarType::Float &&
      convolve_floats(context, convolution, input, weight, bias, out)) {
    return true;
  }
  return expect_served(context, visit_real(type, [&](auto zero) {
                         convolve_all<decltype(zero)>(convolution, input, weight, bias, out);
                       }));
}

}  // namespace
}  // namespace etbuild::kernels
