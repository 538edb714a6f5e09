#include "transposed_convolution.h"

#include <cstring>

#include "dense_convolution.h"
#include "int8_lines.h"

namespace etbuild::kernels::cortex_m {
namespace {

// Bytes of weights that are put into order at once, if they are of so many channels. Where a processor does not know
// the stack's limit a frame must be smaller than the guard below it.
#if defined(__ARM_FEATURE_MVE)
constexpr ptrdiff_t kKept = 2048;
#else
constexpr ptrdiff_t kKept = 1280;
#endif
constexpr ptrdiff_t kQuad = 4;

// In one direction, outputs that lie a stride apart, from the first of them on: the same elements of the window reach
// them, a stride apart, and the input's elements that they bring lie beside each other, in the opposite order. So what
// those outputs see is a convolution by these elements, turned around, from place to place.
struct Phase {
  Phase(const Extent& extent, ptrdiff_t from, ptrdiff_t length) : first(from) {
    const ptrdiff_t moved = from + extent.padding;
    tap = moved % extent.stride;
    taps = tap < extent.size ? (extent.size - 1 - tap) / extent.stride + 1 : 0;
    padding = taps - 1 - moved / extent.stride;
    places = (length - from + extent.stride - 1) / extent.stride;
  }

  ptrdiff_t first;
  ptrdiff_t tap;  // The first that reaches them.
  ptrdiff_t taps;
  ptrdiff_t padding;
  ptrdiff_t places;
};

// Copies the weights of some output channels that belong to a phase, turned around.
void keep(const Convolution& by, const Phase& rows, const Phase& columns, ptrdiff_t channel, ptrdiff_t channels,
          int8_t* kept) {
  const Window& window = by.window;
  const ptrdiff_t filter = window.rows.size * window.columns.size * by.depth;
  const ptrdiff_t of_row = columns.taps * by.depth;
  const ptrdiff_t last_column = columns.tap + (columns.taps - 1) * window.columns.stride;
  for (ptrdiff_t at = 0; at < rows.taps; ++at) {
    const ptrdiff_t row = rows.tap + (rows.taps - 1 - at) * window.rows.stride;
    fitting::copy({by.weights + channel * filter + (row * window.columns.size + last_column) * by.depth,
                   -window.columns.stride * by.depth, kept + at * of_row, by.depth, columns.taps, by.depth, channels,
                   filter, rows.taps * of_row});
  }
}

// The outputs of a phase, as a convolution of their own.
bool convolve_phase(const Convolution& by, Phase rows, Phase columns) {
  int8_t kept[kKept];
  const bool is_reached = rows.taps > 0 && columns.taps > 0;
  if (!is_reached) {
    // By one weight, which is 0.
    rows.taps = columns.taps = 1;
    rows.padding = columns.padding = 0;
    std::memset(kept, 0, sizeof(kept));
  }
  Convolution phase = by;
  phase.weights = kept;
  phase.window.rows = {rows.taps, 1, rows.padding, 1};
  phase.window.columns = {columns.taps, 1, columns.padding, 1};
  phase.out.rows = static_cast<int32_t>(rows.places);
  phase.out.columns = static_cast<int32_t>(columns.places);
  phase.out.of_row *= by.window.rows.stride;
  phase.out.of_column *= by.window.columns.stride;
  const ptrdiff_t most = kKept / (rows.taps * columns.taps * by.depth) / kQuad * kQuad;
  for (ptrdiff_t channel = 0; channel < by.outputs; channel += most) {
    phase.outputs = by.outputs - channel < most ? by.outputs - channel : most;
    if (is_reached) keep(by, rows, columns, channel, phase.outputs, kept);
    phase.channels.bias = by.channels.bias == nullptr ? nullptr : by.channels.bias + channel;
    phase.channels.multipliers = by.channels.multipliers + channel;
    phase.channels.shifts = by.channels.shifts + channel;
    phase.out.data = by.out.at(0, rows.first, columns.first) + channel;
    phase.out.channels = static_cast<int32_t>(phase.outputs);
    if (!convolve_dense(phase)) return false;
  }
  return true;
}

int64_t most_taps(const Extent& extent) { return (extent.size + extent.stride - 1) / extent.stride; }

}  // namespace

bool convolve_transposed(const Convolution& by) {
  const Window& window = by.window;
  if (window.rows.dilation != 1 || window.columns.dilation != 1 || by.out.of_channel != 1 || by.depth == 0 ||
      most_taps(window.rows) * most_taps(window.columns) * by.depth * kQuad > kKept) {
    return false;
  }
  for (ptrdiff_t row = 0; row < by.out.rows && row < window.rows.stride; ++row) {
    for (ptrdiff_t column = 0; column < by.out.columns && column < window.columns.stride; ++column) {
      if (!convolve_phase(by, {window.rows, row, by.out.rows}, {window.columns, column, by.out.columns})) return false;
    }
  }
  return true;
}

}  // namespace etbuild::kernels::cortex_m
