// What pools of int8 images share: a window at each place, and a number made of what it covers in each channel.

#pragma once

#include "images.h"
#include "int8_runs.h"

namespace etbuild::kernels::cortex_m {

// What a window covers of a channel: rows and columns within the image. Not empty.
struct Covered {
  const int8_t* channel;
  ptrdiff_t of_row, of_column;
  ptrdiff_t first_row, end_row;
  ptrdiff_t first_column, end_column;

  // Calls for each element.
  template <typename Visitor>
  void each(const Visitor& visit) const {
    for (ptrdiff_t row = first_row; row < end_row; ++row) {
      for (ptrdiff_t column = first_column; column < end_column; ++column)
        visit(channel[row * of_row + column * of_column]);
    }
  }
  ptrdiff_t count() const { return (end_row - first_row) * (end_column - first_column); }

  // The same of channels that lie beside each other.
  CoveredRuns runs(ptrdiff_t channels) const {
    return {channel + first_row * of_row + first_column * of_column,
            end_row - first_row,
            of_row,
            end_column - first_column,
            of_column,
            channels};
  }
};

// Writes what becomes of each window, for each channel: `write(runs, to)` does so for up to `kAtOnce` channels of
// images whose channels lie beside each other, or for all of them if that is 0; `number(covered)` makes it of one.
template <int32_t kAtOnce, typename Write, typename Number>
void pool(const Image& input, const Image& out, const Window& window, const Write& write, const Number& number) {
  const int32_t step = kAtOnce == 0 ? out.channels : kAtOnce;
  const bool is_beside = input.of_channel == 1 && out.of_channel == 1 && step > 0;
  const auto cut = [](ptrdiff_t place, ptrdiff_t length) { return place < 0 ? 0 : place > length ? length : place; };
  for (ptrdiff_t batch = 0; batch < out.batches; ++batch) {
    for (ptrdiff_t row = 0; row < out.rows; ++row) {
      const ptrdiff_t top = row * window.rows.stride - window.rows.padding;
      for (ptrdiff_t column = 0; column < out.columns; ++column) {
        const ptrdiff_t left = column * window.columns.stride - window.columns.padding;
        Covered covered = {input.at(batch, 0, 0),
                           input.of_row,
                           input.of_column,
                           cut(top, input.rows),
                           cut(top + window.rows.size, input.rows),
                           cut(left, input.columns),
                           cut(left + window.columns.size, input.columns)};
        int8_t* to = out.at(batch, row, column);
        ptrdiff_t channel = 0;
        for (; is_beside && channel < out.channels; channel += step) {
          write(covered.runs(step < out.channels - channel ? step : out.channels - channel), to + channel);
          covered.channel += step;
        }
        for (; channel < out.channels; ++channel) {
          to[channel * out.of_channel] = number(covered);
          covered.channel += input.of_channel;
        }
      }
    }
  }
}

}  // namespace etbuild::kernels::cortex_m
