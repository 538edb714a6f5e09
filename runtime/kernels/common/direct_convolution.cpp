#include "direct_convolution.h"

#include <executorch/runtime/kernel/thread_parallel_interface.h>

#include "elements.h"
#include "expect.h"
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

}  // namespace

bool expect_convolution(KernelRuntimeContext& context, Arguments arguments, size_t index, const Tensor& input,
                        const Tensor& weight, Convolution& convolution) {
  const ssize_t rank = input.dim();
  const bool has_rank = rank >= 3 && rank <= 2 + static_cast<ssize_t>(kSpatial) && weight.dim() == rank;
  if (!expect(context, has_rank, "convolution must be of 3 to 5 dimensions")) return false;
  Window& window = convolution.window;
  const auto spatial = static_cast<size_t>(rank - 2);
  if (!expect_window(context, integers(arguments, index), spatial, 1, window.stride) ||
      !expect_window(context, integers(arguments, index + 1), spatial, 0, window.padding) ||
      !expect_window(context, integers(arguments, index + 2), spatial, 1, window.dilation)) {
    return false;
  }
  convolution.transposed = boolean(arguments, index + 3);
  if (convolution.transposed &&
      !expect_window(context, integers(arguments, index + 4), spatial, 0, convolution.output_padding)) {
    return false;
  }
  for (size_t dim = 0; dim < spatial; ++dim) {
    window.size[kSpatial - spatial + dim] = weight.size(static_cast<ssize_t>(dim + 2));
  }
  const int64_t groups = integer(arguments, index + 5);
  convolution.groups = groups;
  bool fits = groups > 0 && input.size(1) % groups == 0 && weight.size(0) % groups == 0;
  if (convolution.transposed) {
    fits = fits && weight.size(0) == input.size(1);
  } else {
    fits = fits && weight.size(1) == input.size(1) / groups;
  }
  return expect(context, fits, "weights must fit the input and the groups");
}

bool expect_output(KernelRuntimeContext& context, const Convolution& convolution, const Tensor& input,
                   const Tensor& weight, Shape& shape) {
  const Window& window = convolution.window;
  const auto rank = static_cast<size_t>(input.dim());
  shape.rank = rank;
  shape.sizes[0] = input.sizes()[0];
  shape.sizes[1] = weight.sizes()[0];
  if (convolution.transposed) shape.sizes[1] = static_cast<int32_t>(weight.size(1) * convolution.groups);
  for (size_t dim = 2; dim < rank; ++dim) {
    const size_t spatial = kSpatial + dim - rank;
    const int64_t size = input.sizes()[dim];
    int64_t count = 0;
    if (convolution.transposed) {
      count = (size - 1) * window.stride[spatial] - 2 * window.padding[spatial] +
              window.dilation[spatial] * (window.size[spatial] - 1) + convolution.output_padding[spatial] + 1;
    } else {
      count = count_windows(window, spatial, size, false);
    }
    if (!expect(context, count >= 0 && count <= INT32_MAX, "the window must fit the input")) return false;
    shape.sizes[dim] = static_cast<int32_t>(count);
  }
  return true;
}

bool convolve(KernelRuntimeContext& context, const Convolution& convolution, const Tensor& input, const Tensor& weight,
              const Tensor* bias, Tensor& out) {
  const ScalarType type = input.scalar_type();
  if (!expect_dtype(context, type, &weight, bias, &out)) return false;
  return expect_served(context, visit_real(type, [&](auto zero) {
                         convolve_all<decltype(zero)>(convolution, input, weight, bias, out);
                       }));
}

}  // namespace etbuild::kernels
