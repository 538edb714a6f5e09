// Convolution by loops, for every dtype and layout, and where there is no memory for anything else.

#pragma once

#include "convolution.h"

namespace etbuild::kernels::math {

// One output: the sum over the kernel, without bias. Sum is what products are added up in, such as an unsigned integer
// for integers that wrap around.
template <typename Sum, typename Number>
Sum convolve_at(const ConvolutionShape& shape, const Number* in, const Number* weight, ptrdiff_t batch,
                ptrdiff_t out_channel, ptrdiff_t out_row, ptrdiff_t out_column) {
  const ptrdiff_t in_channels = shape.in_channels / shape.groups;
  const ptrdiff_t out_channels = shape.out_channels / shape.groups;
  const ptrdiff_t group = out_channel / out_channels;
  const ptrdiff_t taps = shape.kernel_height * shape.kernel_width;
  Sum sum{};
  for (ptrdiff_t channel = 0; channel < in_channels; ++channel) {
    const ptrdiff_t in_channel = group * in_channels + channel;
    const Number* image = in + batch * shape.in.batch + in_channel * shape.in.channel;
    const Number* kernel = weight + (shape.is_transposed ? in_channel * out_channels + out_channel % out_channels
                                                         : out_channel * in_channels + channel) *
                                        taps;
    for (ptrdiff_t y = 0; y < shape.kernel_height; ++y) {
      ptrdiff_t row = out_row * shape.stride_height - shape.padding_top + y * shape.dilation_height;
      if (shape.is_transposed) {
        row = out_row + shape.padding_top - y * shape.dilation_height;
        if (row % shape.stride_height != 0) continue;
        row /= shape.stride_height;
      }
      if (row < 0 || row >= shape.in_height) continue;
      for (ptrdiff_t x = 0; x < shape.kernel_width; ++x) {
        ptrdiff_t column = out_column * shape.stride_width - shape.padding_left + x * shape.dilation_width;
        if (shape.is_transposed) {
          column = out_column + shape.padding_left - x * shape.dilation_width;
          if (column % shape.stride_width != 0) continue;
          column /= shape.stride_width;
        }
        if (column < 0 || column >= shape.in_width) continue;
        sum = static_cast<Sum>(sum + static_cast<Sum>(image[row * shape.in.row + column * shape.in.column]) *
                                         static_cast<Sum>(kernel[y * shape.kernel_width + x]));
      }
    }
  }
  return sum;
}

// All outputs of a unit, which is a channel of an image: `finish(sum, out_channel)` gives what is written.
template <typename Sum, typename Number, typename Finish>
void convolve_channel(const ConvolutionShape& shape, const Number* in, const Number* weight, ptrdiff_t unit,
                      Number* out, Finish finish) {
  const ptrdiff_t batch = unit / shape.out_channels;
  const ptrdiff_t channel = unit % shape.out_channels;
  out += batch * shape.out.batch + channel * shape.out.channel;
  for (ptrdiff_t row = 0; row < shape.out_height; ++row) {
    for (ptrdiff_t column = 0; column < shape.out_width; ++column) {
      out[row * shape.out.row + column * shape.out.column] =
          finish(convolve_at<Sum>(shape, in, weight, batch, channel, row, column), channel);
    }
  }
}

}  // namespace etbuild::kernels::math
