// What operators on int8 do with elements that lie behind each other: no tensors, no runtime. Sums wrap; every version
// of a function answers the same.

#pragma once

#include <cstddef>
#include <cstdint>

#include "instructions.h"
#include "requantize.h"

namespace etbuild::kernels::cortex_m {

// What becomes of the sums of output channels.
struct Scaling {
  const int32_t* multipliers;
  const int32_t* shifts;
  ptrdiff_t step;  // From one channel's to the next: 1, or 0 if there is one for all.
  Output output;
};

// What output channels see at several places, at each place some segments: lines of `length` elements.
struct Products {
  const int8_t* input;
  ptrdiff_t of_place;  // How far it is from what one place sees to the next.
  ptrdiff_t places;
  const int8_t* weights;
  ptrdiff_t of_channel;  // How far it is from one output channel's weights to the next.
  ptrdiff_t channels;
  ptrdiff_t length;
  ptrdiff_t segments;
  ptrdiff_t of_segment;
  ptrdiff_t weights_of_segment;
  const int32_t* bias;  // Null: none.
  int32_t offset;       // Is added to each element of the input.
  Scaling scaling;
  int8_t* out;  // Channels lie beside each other.
  ptrdiff_t out_of_place;
};

// A row of places whose output channels have weights of their own, each for one channel of the input.
struct EachLine {
  const int8_t* input;  // The first row that windows cover, at the image's first column.
  ptrdiff_t rows;       // How many of them are within the image.
  ptrdiff_t of_row;     // How far it is from one that is covered to the next.
  ptrdiff_t columns;    // Of the image; what lies outside of them does not count.
  ptrdiff_t of_column;
  bool is_one_channel;    // The input has one channel, which all outputs see; else as many as there are outputs.
  const int8_t* weights;  // Of the first row that is covered. Channels lie beside each other.
  ptrdiff_t weights_of_row;
  ptrdiff_t size;  // Columns of the window, from place to place, outside at the beginning, from element to element.
  ptrdiff_t stride;
  ptrdiff_t padding;
  ptrdiff_t dilation;
  ptrdiff_t channels;
  const int32_t* bias;  // Null: none.
  int32_t offset;       // Is added to each element of the input; within -32000 and 32000.
  Scaling scaling;      // Its step is 1.
  int8_t* out;
  ptrdiff_t out_of_place;
  ptrdiff_t places;
};

// Segments of `length` elements that are copied, `count` of them for each place.
struct Segments {
  const int8_t* from;
  ptrdiff_t of_from;  // How far it is from one to the next,
  int8_t* to;
  ptrdiff_t of_to;
  ptrdiff_t count;
  ptrdiff_t length;
  ptrdiff_t places;
  ptrdiff_t from_of_place;  // and from one place's to the next one's.
  ptrdiff_t to_of_place;
};

#define DECLARE_LINES                                                                \
  /* out = (input + offset) x weights + bias, scaled, for each place and channel. */ \
  void multiply(const Products& by);                                                 \
  /* The same, each channel by its own weights. */                                   \
  void multiply_each(const EachLine& by);                                            \
  void copy(const Segments& by);                                                     \
  void fill(int8_t* to, int8_t with, ptrdiff_t count);

namespace plain {
DECLARE_LINES
}
#if ET_INT8_DSP
namespace dsp {
DECLARE_LINES
}
namespace fitting = dsp;
#elif ET_INT8_MVE
namespace mve {
DECLARE_LINES
}
namespace fitting = mve;
#else
namespace fitting = plain;
#endif

#undef DECLARE_LINES

}  // namespace etbuild::kernels::cortex_m
