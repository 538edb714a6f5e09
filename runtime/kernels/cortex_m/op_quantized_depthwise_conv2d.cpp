// quantized_depthwise_conv2d.out(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding,
//     int[] dilation, int depth_multiplier, int input_offset, int output_offset, Tensor requantize_multipliers,
//     Tensor requantize_shifts, int activation_min, int activation_max, Tensor scratch, *, Tensor(a!) out): each
//     channel of int8 images [N, C, H, W], in any layout, is convolved by its own `depth_multiplier` filters: weights
//     [1, H, W, C * depth_multiplier], summed up in int32, requantized by output channel.
// quantized_depthwise_conv2d_nhwc.out: the same, of images [N, H, W, C].
// The input is taken plus input_offset; outside of it there is nothing. No memory is needed, so `scratch` is not used.
#include <executorch/runtime/kernel/thread_parallel_interface.h>
#include <executorch/runtime/platform/log.h>

#include "images.h"
#include "shapes.h"

namespace etbuild::kernels::cortex_m {
namespace {

constexpr int64_t kAtOnce = 32;  // Output channels that are summed up beside each other.

struct Depthwise {
  Image input;
  Image out;
  const int8_t* weights;
  int64_t multiplier;
  Window window;
  Channels channels;
  int32_t input_offset;
  Output output;
};

// Adds what the output channels `first` and on see at one element of the window.
void add(const Depthwise& by, const int8_t* from, const int8_t* weights, int64_t first, int64_t count, uint32_t* sums) {
  const auto offset = static_cast<uint32_t>(by.input_offset);
  if (by.multiplier == 1 && by.input.of_channel == 1) {
    for (int64_t at = 0; at < count; ++at) {
      sums[at] += (static_cast<uint32_t>(from[first + at]) + offset) * static_cast<uint32_t>(weights[at]);
    }
    return;
  }
  for (int64_t at = 0; at < count; ++at) {
    const int64_t channel = (first + at) / by.multiplier;
    sums[at] +=
        (static_cast<uint32_t>(from[channel * by.input.of_channel]) + offset) * static_cast<uint32_t>(weights[at]);
  }
}

void convolve_channels(const Depthwise& by, int64_t batch, int64_t row, int64_t column, int64_t first, int64_t count) {
  const Window& window = by.window;
  uint32_t sums[kAtOnce];
  for (int64_t at = 0; at < count; ++at) {
    sums[at] = by.channels.bias == nullptr ? 0 : static_cast<uint32_t>(by.channels.bias[first + at]);
  }
  for (int64_t y = 0; y < window.rows.size; ++y) {
    const int64_t from_row = row * window.rows.stride - window.rows.padding + y * window.rows.dilation;
    if (from_row < 0 || from_row >= by.input.rows) continue;
    for (int64_t x = 0; x < window.columns.size; ++x) {
      const int64_t from_column = column * window.columns.stride - window.columns.padding + x * window.columns.dilation;
      if (from_column < 0 || from_column >= by.input.columns) continue;
      const int8_t* weights = by.weights + (y * window.columns.size + x) * by.out.channels + first;
      add(by, by.input.at(batch, from_row, from_column), weights, first, count, sums);
    }
  }
  int8_t* to = by.out.at(batch, row, column);
  for (int64_t at = 0; at < count; ++at) {
    to[(first + at) * by.out.of_channel] = by.output.of(
        static_cast<int32_t>(sums[at]), by.channels.multipliers[first + at], by.channels.shifts[first + at]);
  }
}

void convolve_rows(const Depthwise& by, int64_t begin, int64_t end) {
  for (int64_t at = begin; at < end; ++at) {
    for (int64_t column = 0; column < by.out.columns; ++column) {
      for (int64_t first = 0; first < by.out.channels; first += kAtOnce) {
        const int64_t left = by.out.channels - first;
        convolve_channels(by, at / by.out.rows, at % by.out.rows, column, first, left < kAtOnce ? left : kAtOnce);
      }
    }
  }
}

// Reads everything but the input's and the output's image.
bool read(KernelRuntimeContext& context, Arguments arguments, Depthwise& by) {
  const Tensor& weight = tensor(arguments, 1);
  if (weight.dim() != 4 || weight.scalar_type() != ScalarType::Char || weight.size(0) != 1 || !is_contiguous(weight)) {
    ET_LOG(Error, "Weights must be of int8, [1, H, W, out]");
    return refuse(context, Error::InvalidArgument);
  }
  by.weights = weight.const_data_ptr<int8_t>();
  by.multiplier = integer(arguments, 6);
  by.window.rows.size = weight.size(1);
  by.window.columns.size = weight.size(2);
  by.input_offset = static_cast<int32_t>(integer(arguments, 7));
  return read_pair(context, arguments, 3, &Extent::stride, by.window) &&
         read_pair(context, arguments, 4, &Extent::padding, by.window) &&
         read_pair(context, arguments, 5, &Extent::dilation, by.window) && is_window(context, by.window) &&
         read_output(context, integer(arguments, 8), integer(arguments, 11), integer(arguments, 12), by.output) &&
         read_channels(context, optional_tensor(arguments, 2), tensor(arguments, 9), tensor(arguments, 10),
                       weight.size(3), by.channels);
}

void convolve(KernelRuntimeContext& context, Arguments arguments, Dimensions dimensions) {
  Depthwise by;
  if (!are_arguments(context, arguments, "ttollliiittiitt") || !read(context, arguments, by) ||
      !read_image(context, tensor(arguments, 0), dimensions, by.input)) {
    return;
  }
  const int64_t outputs = tensor(arguments, 1).size(3);
  if (by.multiplier < 1 || by.multiplier > outputs || by.input.channels * by.multiplier != outputs) {
    ET_LOG(Error, "Output channels must be the input's times depth_multiplier");
    return context.fail(Error::InvalidArgument);
  }
  const int64_t sizes[4] = {by.input.batches, by.window.rows.places(by.input.rows),
                            by.window.columns.places(by.input.columns), outputs};
  if (!resize_image(context, tensor(arguments, 14), dimensions, sizes, by.out)) return;
  const auto run = [&by](int64_t begin, int64_t end) { convolve_rows(by, begin, end); };
  executorch::extension::parallel_for(0, sizes[0] * sizes[1], 1, run);
}

}  // namespace

void quantized_depthwise_conv2d_out(KernelRuntimeContext& context, Arguments arguments) {
  convolve(context, arguments, Dimensions::kChannelsSecond);
}

void quantized_depthwise_conv2d_nhwc_out(KernelRuntimeContext& context, Arguments arguments) {
  convolve(context, arguments, Dimensions::kChannelsLast);
}

}  // namespace etbuild::kernels::cortex_m
