// quantized_depthwise_conv2d.out(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding,
//     int[] dilation, int depth_multiplier, int input_offset, int output_offset, Tensor requantize_multipliers,
//     Tensor requantize_shifts, int activation_min, int activation_max, Tensor scratch, *, Tensor(a!) out): each
//     channel of int8 images [N, C, H, W], in any layout, is convolved by its own `depth_multiplier` filters: weights
//     [1, H, W, C * depth_multiplier], summed up in int32, requantized by output channel.
// quantized_depthwise_conv2d_nhwc.out: the same, of images [N, H, W, C].
// No memory is needed, so `scratch` is not used.
#include <executorch/runtime/platform/log.h>

#include "dense_convolution.h"

namespace etbuild::kernels::cortex_m {
namespace {

constexpr ptrdiff_t kAtOnce = 32;  // Output channels that are summed up beside each other.

// Adds what the output channels `first` and on see at one element of the window.
void add_products(const Convolution& by, ptrdiff_t multiplier, const int8_t* from, const int8_t* weights,
                  ptrdiff_t first, ptrdiff_t count, uint32_t* sums) {
  const auto offset = static_cast<uint32_t>(by.input_offset);
  for (ptrdiff_t at = 0; at < count; ++at) {
    const ptrdiff_t channel = (first + at) / multiplier;
    sums[at] +=
        (static_cast<uint32_t>(from[channel * by.input.of_channel]) + offset) * static_cast<uint32_t>(weights[at]);
  }
}

void convolve_place(const Convolution& by, ptrdiff_t multiplier, ptrdiff_t line, ptrdiff_t column) {
  const Window& window = by.window;
  const ptrdiff_t batch = line / by.out.rows;
  const ptrdiff_t row = line % by.out.rows;
  int8_t* const to = by.out.at(batch, row, column);
  for (ptrdiff_t first = 0; first < by.out.channels; first += kAtOnce) {
    const ptrdiff_t count = by.out.channels - first < kAtOnce ? by.out.channels - first : kAtOnce;
    uint32_t sums[kAtOnce];
    for (ptrdiff_t at = 0; at < count; ++at) {
      sums[at] = by.channels.bias == nullptr ? 0 : static_cast<uint32_t>(by.channels.bias[first + at]);
    }
    const int8_t* weights = by.weights + first;
    for (ptrdiff_t y = 0; y < window.rows.size; ++y) {
      const ptrdiff_t from_row = seen_element(window.rows, row, y, by.input.rows);
      for (ptrdiff_t x = 0; x < window.columns.size; ++x, weights += by.out.channels) {
        const ptrdiff_t from_column = seen_element(window.columns, column, x, by.input.columns);
        if (from_row < 0 || from_column < 0) continue;
        add_products(by, multiplier, by.input.at(batch, from_row, from_column), weights, first, count, sums);
      }
    }
    for (ptrdiff_t at = 0; at < count; ++at) {
      to[(first + at) * by.out.of_channel] = by.output.of(
          static_cast<int32_t>(sums[at]), by.channels.multipliers[first + at], by.channels.shifts[first + at]);
    }
  }
}

void convolve_images(KernelRuntimeContext& context, Arguments arguments, Dimensions dimensions) {
  Convolution by;
  if (!are_arguments(context, arguments, "ttollliiittiitt") ||
      !read_convolution(context, arguments, dimensions, {5, 7, 3}, by)) {
    return;
  }
  const ptrdiff_t outputs = tensor(arguments, 1).sizes()[3];
  const int64_t given = integer(arguments, 6);
  const auto multiplier = static_cast<ptrdiff_t>(given);
  if (tensor(arguments, 1).sizes()[0] != 1 || given < 1 || given > outputs || by.input.channels * given != outputs) {
    ET_LOG(Error, "Weights must be [1, H, W, out], with the input's channels times depth_multiplier");
    return context.fail(Error::InvalidArgument);
  }
  const int64_t sizes[4] = {by.input.batches, by.window.rows.places(by.input.rows),
                            by.window.columns.places(by.input.columns), outputs};
  if (!resize_image(context, tensor(arguments, 14), dimensions, sizes, by.out)) return;
  if ((multiplier == 1 || by.input.channels == 1) && convolve_each_dense(by)) return;
  const auto convolve_lines = [&by, multiplier](int64_t begin, int64_t end) {
    for (auto line = static_cast<ptrdiff_t>(begin); line < end; ++line) {
      for (ptrdiff_t column = 0; column < by.out.columns; ++column) convolve_place(by, multiplier, line, column);
    }
  };
  executorch::extension::parallel_for(0, int64_t{by.out.batches} * by.out.rows, 1, convolve_lines);
}

}  // namespace

void quantized_depthwise_conv2d_out(KernelRuntimeContext& context, Arguments arguments) {
  convolve_images(context, arguments, Dimensions::kChannelsSecond);
}

void quantized_depthwise_conv2d_nhwc_out(KernelRuntimeContext& context, Arguments arguments) {
  convolve_images(context, arguments, Dimensions::kChannelsLast);
}

}  // namespace etbuild::kernels::cortex_m
