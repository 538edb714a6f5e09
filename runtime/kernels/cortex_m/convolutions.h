// What the convolutions of int8 images share: most of their arguments, and the walk over outputs and windows.

#pragma once

#include <executorch/runtime/kernel/thread_parallel_interface.h>

#include "images.h"

namespace etbuild::kernels::cortex_m {

struct Convolution {
  Image input;  // Taken plus input_offset; outside of it there is nothing.
  Image out;
  const int8_t* weights;
  Window window;
  Channels channels;
  int32_t input_offset;
  Output output;
  ptrdiff_t depth = 0;    // Input channels of a group.
  ptrdiff_t outputs = 0;  // Output channels of a group.
};

// In what the operators' arguments differ. Behind input_offset stand output_offset, the multipliers and shifts of
// output channels, activation_min and activation_max.
struct ConvolutionForm {
  size_t dilation;      // Which argument it is.
  size_t input_offset;  // Which argument it is.
  size_t outputs;       // Which dimension of the weights counts output channels; the middle two are the window's.
};

// Reads all but the output's image. False: the call has failed.
bool read_convolution(KernelRuntimeContext& context, Arguments arguments, Dimensions dimensions,
                      const ConvolutionForm& form, Convolution& by);

// The input's element that a place of the output sees through an element of the window; -1: none.
inline ptrdiff_t seen_element(const Extent& extent, ptrdiff_t place, ptrdiff_t element, ptrdiff_t length) {
  const ptrdiff_t at = place * extent.stride - extent.padding + element * extent.dilation;
  return at < 0 || at >= length ? -1 : at;
}

// The sum of what an output sees of its group by `kSeen`, which is as seen_element.
template <ptrdiff_t (*kSeen)(const Extent& extent, ptrdiff_t place, ptrdiff_t element, ptrdiff_t length)>
int32_t sum_at(const Convolution& by, ptrdiff_t batch, ptrdiff_t row, ptrdiff_t column, ptrdiff_t channel) {
  const Window& window = by.window;
  const ptrdiff_t first = channel / by.outputs * by.depth * by.input.of_channel;
  const int8_t* weights = by.weights + channel * window.rows.size * window.columns.size * by.depth;
  auto sum = static_cast<uint32_t>(by.channels.bias == nullptr ? 0 : by.channels.bias[channel]);
  for (ptrdiff_t y = 0; y < window.rows.size; ++y) {
    const ptrdiff_t from_row = kSeen(window.rows, row, y, by.input.rows);
    for (ptrdiff_t x = 0; x < window.columns.size; ++x, weights += by.depth) {
      const ptrdiff_t from_column = kSeen(window.columns, column, x, by.input.columns);
      if (from_row < 0 || from_column < 0) continue;
      sum += static_cast<uint32_t>(dot(by.input.at(batch, from_row, from_column) + first, by.input.of_channel,
                                       by.input_offset, weights, by.depth));
    }
  }
  return static_cast<int32_t>(sum);
}

// Writes each output. In parallel, by rows.
template <ptrdiff_t (*kSeen)(const Extent& extent, ptrdiff_t place, ptrdiff_t element, ptrdiff_t length)>
void convolve(const Convolution& by) {
  const auto convolve_lines = [&by](int64_t begin, int64_t end) {
    for (auto line = static_cast<ptrdiff_t>(begin); line < end; ++line) {
      const ptrdiff_t batch = line / by.out.rows;
      const ptrdiff_t row = line % by.out.rows;
      for (ptrdiff_t column = 0; column < by.out.columns; ++column) {
        int8_t* to = by.out.at(batch, row, column);
        for (ptrdiff_t channel = 0; channel < by.out.channels; ++channel) {
          to[channel * by.out.of_channel] = by.output.of(sum_at<kSeen>(by, batch, row, column, channel),
                                                         by.channels.multipliers[channel], by.channels.shifts[channel]);
        }
      }
    }
  };
  executorch::extension::parallel_for(0, int64_t{by.out.batches} * by.out.rows, 1, convolve_lines);
}

}  // namespace etbuild::kernels::cortex_m
