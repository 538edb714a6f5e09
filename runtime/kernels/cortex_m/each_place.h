// The walk over places of lines whose output channels have weights of their own, for each kind of instructions.

#pragma once

#include "int8_lines.h"

namespace etbuild::kernels::cortex_m {

// What one place sees of a line.
struct Taps {
  const int8_t* input;
  const int8_t* weights;
  ptrdiff_t columns;
};

// Calls block.write(taps, to) for output channels from `channel` on, as many as a block has, at each place.
template <typename Block>
void write_places(const EachLine& by, const Block& block, ptrdiff_t channel) {
  const ptrdiff_t end_of_whole = by.columns - (by.size - 1) * by.dilation;
  const int8_t* input = by.input + (by.is_one_channel ? 0 : channel) - by.padding * by.of_column;
  const ptrdiff_t of_place = by.stride * by.of_column;
  const int8_t* const weights = by.weights + channel;
  int8_t* to = by.out + channel;
  ptrdiff_t at = -by.padding;
  for (ptrdiff_t place = by.places; place > 0; --place) {
    Taps taps = {input, weights, by.size};
    if (at < 0 || at >= end_of_whole) {
      const ptrdiff_t first = at < 0 ? (by.dilation - 1 - at) / by.dilation : 0;
      const ptrdiff_t end = at < end_of_whole ? by.size : (by.columns - at + by.dilation - 1) / by.dilation;
      taps = {input + first * by.dilation * by.of_column, weights + first * by.channels, end - first};
    }
    block.write(taps, to);
    at += by.stride;
    input += of_place;
    to += by.out_of_place;
  }
}

}  // namespace etbuild::kernels::cortex_m
