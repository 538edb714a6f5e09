// quantized_conv2d.out(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation,
//     int input_offset, int output_offset, Tensor requantize_multipliers, Tensor requantize_shifts, int activation_min,
//     int activation_max, Tensor scratch, *, Tensor(a!) out): a convolution of int8 images [N, C, H, W] in any layout
//     with weights [out, H, W, in / groups], summed up in int32, requantized by output channel.
// quantized_conv2d_nhwc.out: the same, of images [N, H, W, C].
// The input is taken plus input_offset; outside of it there is nothing. No memory is needed, so `scratch` is not used.
#include <executorch/runtime/kernel/thread_parallel_interface.h>
#include <executorch/runtime/platform/log.h>

#include "images.h"
#include "shapes.h"

namespace etbuild::kernels::cortex_m {
namespace {

struct Convolution {
  Image input;
  Image out;
  const int8_t* weights;
  int64_t depth;    // Input channels of a group.
  int64_t outputs;  // Output channels of a group.
  Window window;
  Channels channels;
  int32_t input_offset;
  Output output;
};

// What one output channel sees around a place.
int32_t sum_at(const Convolution& by, int64_t batch, int64_t row, int64_t column, int64_t channel) {
  const Window& window = by.window;
  const int64_t first = channel / by.outputs * by.depth * by.input.of_channel;
  const int8_t* weights = by.weights + channel * window.rows.size * window.columns.size * by.depth;
  auto sum = static_cast<uint32_t>(by.channels.bias == nullptr ? 0 : by.channels.bias[channel]);
  for (int64_t y = 0; y < window.rows.size; ++y) {
    const int64_t from_row = row * window.rows.stride - window.rows.padding + y * window.rows.dilation;
    if (from_row < 0 || from_row >= by.input.rows) continue;
    for (int64_t x = 0; x < window.columns.size; ++x) {
      const int64_t from_column = column * window.columns.stride - window.columns.padding + x * window.columns.dilation;
      if (from_column < 0 || from_column >= by.input.columns) continue;
      sum += static_cast<uint32_t>(dot(by.input.at(batch, from_row, from_column) + first, by.input.of_channel,
                                       by.input_offset, weights + (y * window.columns.size + x) * by.depth, by.depth));
    }
  }
  return static_cast<int32_t>(sum);
}

void convolve_rows(const Convolution& by, int64_t begin, int64_t end) {
  for (int64_t at = begin; at < end; ++at) {
    const int64_t batch = at / by.out.rows;
    const int64_t row = at % by.out.rows;
    for (int64_t column = 0; column < by.out.columns; ++column) {
      int8_t* to = by.out.at(batch, row, column);
      for (int64_t channel = 0; channel < by.out.channels; ++channel) {
        to[channel * by.out.of_channel] = by.output.of(sum_at(by, batch, row, column, channel),
                                                       by.channels.multipliers[channel], by.channels.shifts[channel]);
      }
    }
  }
}

// Reads everything but the input's and the output's image.
bool read(KernelRuntimeContext& context, Arguments arguments, Convolution& by) {
  const Tensor& weight = tensor(arguments, 1);
  if (weight.dim() != 4 || weight.scalar_type() != ScalarType::Char || !is_contiguous(weight)) {
    ET_LOG(Error, "Weights must be of int8, [out, H, W, in]");
    return refuse(context, Error::InvalidArgument);
  }
  by.weights = weight.const_data_ptr<int8_t>();
  by.depth = weight.size(3);
  by.window.rows.size = weight.size(1);
  by.window.columns.size = weight.size(2);
  by.input_offset = static_cast<int32_t>(integer(arguments, 6));
  return read_pair(context, arguments, 3, &Extent::stride, by.window) &&
         read_pair(context, arguments, 4, &Extent::padding, by.window) &&
         read_pair(context, arguments, 5, &Extent::dilation, by.window) && is_window(context, by.window) &&
         read_output(context, integer(arguments, 7), integer(arguments, 10), integer(arguments, 11), by.output) &&
         read_channels(context, optional_tensor(arguments, 2), tensor(arguments, 8), tensor(arguments, 9),
                       weight.size(0), by.channels);
}

void convolve(KernelRuntimeContext& context, Arguments arguments, Dimensions dimensions) {
  Convolution by;
  if (!are_arguments(context, arguments, "ttollliittiitt") || !read(context, arguments, by) ||
      !read_image(context, tensor(arguments, 0), dimensions, by.input)) {
    return;
  }
  const int64_t outputs = tensor(arguments, 1).size(0);
  const int64_t groups = by.depth > 0 ? by.input.channels / by.depth : 0;
  if (groups == 0 || groups * by.depth != by.input.channels || outputs % groups != 0) {
    ET_LOG(Error, "Input channels and output channels must be divisible by the number of groups");
    return context.fail(Error::InvalidArgument);
  }
  by.outputs = outputs / groups;
  const int64_t sizes[4] = {by.input.batches, by.window.rows.places(by.input.rows),
                            by.window.columns.places(by.input.columns), outputs};
  if (!resize_image(context, tensor(arguments, 13), dimensions, sizes, by.out)) return;
  const auto run = [&by](int64_t begin, int64_t end) { convolve_rows(by, begin, end); };
  executorch::extension::parallel_for(0, sizes[0] * sizes[1], 1, run);
}

}  // namespace

void quantized_conv2d_out(KernelRuntimeContext& context, Arguments arguments) {
  convolve(context, arguments, Dimensions::kChannelsSecond);
}

void quantized_conv2d_nhwc_out(KernelRuntimeContext& context, Arguments arguments) {
  convolve(context, arguments, Dimensions::kChannelsLast);
}

}  // namespace etbuild::kernels::cortex_m
