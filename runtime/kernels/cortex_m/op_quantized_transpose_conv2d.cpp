// quantized_transpose_conv2d.out(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding,
//     int[] output_padding, int[] dilation, int input_offset, int output_offset, Tensor requantize_multipliers,
//     Tensor requantize_shifts, int activation_min, int activation_max, Tensor scratch, Tensor output_scratch, *,
//     Tensor(a!) out): a transposed convolution of int8 images [N, C, H, W], in any layout, with weights
//     [out, H, W, in], summed up in int32, requantized by output channel. One group only.
// quantized_transpose_conv2d_nhwc.out: the same, of images [N, H, W, C].
// Each output gathers what reaches it, so that no memory is needed: `scratch` and `output_scratch` are not used.
#include <executorch/runtime/kernel/thread_parallel_interface.h>
#include <executorch/runtime/platform/log.h>

#include "images.h"
#include "shapes.h"

namespace etbuild::kernels::cortex_m {
namespace {

struct Transposed {
  Image input;
  Image out;
  const int8_t* weights;
  Window window;
  Channels channels;
  int32_t input_offset;
  Output output;
};

// Which input's element reaches an output through an element of the window; -1 if none does.
int64_t source(const Extent& extent, int64_t place, int64_t element, int64_t length) {
  const int64_t moved = place + extent.padding - element * extent.dilation;
  if (moved < 0 || moved % extent.stride != 0) return -1;
  return moved / extent.stride < length ? moved / extent.stride : -1;
}

int32_t sum_at(const Transposed& by, int64_t batch, int64_t row, int64_t column, int64_t channel) {
  const Window& window = by.window;
  const int64_t depth = by.input.channels;
  const int8_t* weights = by.weights + channel * window.rows.size * window.columns.size * depth;
  auto sum = static_cast<uint32_t>(by.channels.bias == nullptr ? 0 : by.channels.bias[channel]);
  for (int64_t y = 0; y < window.rows.size; ++y) {
    const int64_t from_row = source(window.rows, row, y, by.input.rows);
    if (from_row < 0) continue;
    for (int64_t x = 0; x < window.columns.size; ++x) {
      const int64_t from_column = source(window.columns, column, x, by.input.columns);
      if (from_column < 0) continue;
      sum += static_cast<uint32_t>(dot(by.input.at(batch, from_row, from_column), by.input.of_channel, by.input_offset,
                                       weights + (y * window.columns.size + x) * depth, depth));
    }
  }
  return static_cast<int32_t>(sum);
}

void convolve_rows(const Transposed& by, int64_t begin, int64_t end) {
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
bool read(KernelRuntimeContext& context, Arguments arguments, Transposed& by) {
  const Tensor& weight = tensor(arguments, 1);
  if (weight.dim() != 4 || weight.scalar_type() != ScalarType::Char || !is_contiguous(weight)) {
    ET_LOG(Error, "Weights must be of int8, [out, H, W, in]");
    return refuse(context, Error::InvalidArgument);
  }
  by.weights = weight.const_data_ptr<int8_t>();
  by.window.rows.size = weight.size(1);
  by.window.columns.size = weight.size(2);
  by.input_offset = static_cast<int32_t>(integer(arguments, 7));
  return read_pair(context, arguments, 3, &Extent::stride, by.window) &&
         read_pair(context, arguments, 4, &Extent::padding, by.window) &&
         read_pair(context, arguments, 6, &Extent::dilation, by.window) && is_window(context, by.window) &&
         read_output(context, integer(arguments, 8), integer(arguments, 11), integer(arguments, 12), by.output) &&
         read_channels(context, optional_tensor(arguments, 2), tensor(arguments, 9), tensor(arguments, 10),
                       weight.size(0), by.channels);
}

int64_t length_of(const Extent& extent, int64_t length, int64_t more) {
  return (length - 1) * extent.stride - 2 * extent.padding + extent.dilation * (extent.size - 1) + more + 1;
}

void convolve(KernelRuntimeContext& context, Arguments arguments, Dimensions dimensions) {
  Transposed by;
  Window more;  // Its padding is the output's.
  if (!are_arguments(context, arguments, "ttolllliittiittt") || !read(context, arguments, by) ||
      !read_image(context, tensor(arguments, 0), dimensions, by.input) ||
      !read_pair(context, arguments, 5, &Extent::padding, more) || !is_window(context, more)) {
    return;
  }
  const auto reaches = [](const Extent& extent, int64_t padding) {
    return padding < extent.stride || padding < extent.dilation;
  };
  if (tensor(arguments, 1).size(3) != by.input.channels || !reaches(by.window.rows, more.rows.padding) ||
      !reaches(by.window.columns, more.columns.padding)) {
    ET_LOG(Error, "Weights must have the input's channels; output_padding must be less than stride or dilation");
    return context.fail(Error::InvalidArgument);
  }
  const int64_t sizes[4] = {by.input.batches, length_of(by.window.rows, by.input.rows, more.rows.padding),
                            length_of(by.window.columns, by.input.columns, more.columns.padding),
                            tensor(arguments, 1).size(0)};
  if (!resize_image(context, tensor(arguments, 15), dimensions, sizes, by.out)) return;
  const auto run = [&by](int64_t begin, int64_t end) { convolve_rows(by, begin, end); };
  executorch::extension::parallel_for(0, sizes[0] * sizes[1], 1, run);
}

}  // namespace

void quantized_transpose_conv2d_out(KernelRuntimeContext& context, Arguments arguments) {
  convolve(context, arguments, Dimensions::kChannelsSecond);
}

void quantized_transpose_conv2d_nhwc_out(KernelRuntimeContext& context, Arguments arguments) {
  convolve(context, arguments, Dimensions::kChannelsLast);
}

}  // namespace etbuild::kernels::cortex_m
