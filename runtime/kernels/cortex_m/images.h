// What operators on images share: int8 images in any layout, windows that slide over them, and scales of channels.

#pragma once

#include "arguments.h"
#include "requantize.h"

namespace etbuild::kernels::cortex_m {

// In which order a tensor counts its dimensions; in memory they may lie otherwise.
enum class Dimensions {
  kChannelsSecond,  // N, C, H, W
  kChannelsLast,    // N, H, W, C
};

// A tensor of int8 with four dimensions. Strides are in elements.
struct Image {
  int8_t* data;
  int32_t batches, rows, columns, channels;
  ptrdiff_t of_batch, of_row, of_column, of_channel;

  int8_t* at(ptrdiff_t batch, ptrdiff_t row, ptrdiff_t column) const {
    return data + batch * of_batch + row * of_row + column * of_column;
  }
};

// False, and the call has failed, if the tensor is none.
bool read_image(KernelRuntimeContext& context, const Tensor& tensor, Dimensions dimensions, Image& image);

// Gives `out` these sizes; false if it is no image or cannot have them.
bool resize_image(KernelRuntimeContext& context, Tensor& out, Dimensions dimensions, const int64_t (&sizes)[4],
                  Image& image);

// One direction of a window: how many elements, how far from one place to the next, how many outside of the image at
// its beginning, and how far from one element to the next.
struct Extent {
  ptrdiff_t size = 1;
  ptrdiff_t stride = 1;
  ptrdiff_t padding = 0;
  ptrdiff_t dilation = 1;

  // How many places there are along so many elements; if the number is rounded up, the last may reach beyond the end,
  // but not begin there.
  ptrdiff_t places(ptrdiff_t length, bool rounds_up = false) const;
};

struct Window {
  Extent rows;
  Extent columns;
};

// Reads a list of one or two numbers, rows first, into both of a window's extents. False: the call has failed.
bool read_pair(KernelRuntimeContext& context, Arguments arguments, size_t index, ptrdiff_t Extent::*field,
               Window& window);

// Whether sizes, strides and dilations are positive and nothing is negative; if not, the call has failed.
bool is_window(KernelRuntimeContext& context, const Window& window);

// The limits of what is written: arguments output_offset, activation_min and activation_max.
bool read_output(KernelRuntimeContext& context, int64_t offset, int64_t least, int64_t most, Output& output);

// Bias, multiplier and shift of each output channel.
struct Channels {
  const int32_t* bias;  // Null: none.
  const int32_t* multipliers;
  const int32_t* shifts;
};

// False, and the call has failed, if they are not one for each channel, or shift too far. `bias` may be null.
bool read_channels(KernelRuntimeContext& context, const Tensor* bias, const Tensor& multipliers, const Tensor& shifts,
                   int64_t count, Channels& channels);

// The sum of (left + offset) * right, which wraps; `step` elements lie between those of the left.
int32_t dot(const int8_t* left, ptrdiff_t step, int32_t offset, const int8_t* right, ptrdiff_t count);

}  // namespace etbuild::kernels::cortex_m
