// What pools of int8 images share: a window at each place, and a number made of what it covers in each channel.

#pragma once

#include "images.h"

namespace etbuild::kernels::cortex_m {

// What a window covers of a channel: rows and columns within the image. Not empty.
struct Covered {
  const int8_t* channel;
  int64_t of_row, of_column;
  int64_t first_row, end_row;
  int64_t first_column, end_column;

  // Calls for each element.
  template <typename Visitor>
  void each(const Visitor& visit) const {
    for (int64_t row = first_row; row < end_row; ++row) {
      for (int64_t column = first_column; column < end_column; ++column)
        visit(channel[row * of_row + column * of_column]);
    }
  }
  int64_t count() const { return (end_row - first_row) * (end_column - first_column); }
};

// Writes what `number` makes of each window, for each channel.
template <typename Number>
void pool(const Image& input, const Image& out, const Window& window, const Number& number) {
  const auto cut = [](int64_t place, int64_t length) { return place < 0 ? 0 : place > length ? length : place; };
  for (int64_t batch = 0; batch < out.batches; ++batch) {
    for (int64_t row = 0; row < out.rows; ++row) {
      const int64_t top = row * window.rows.stride - window.rows.padding;
      for (int64_t column = 0; column < out.columns; ++column) {
        const int64_t left = column * window.columns.stride - window.columns.padding;
        Covered covered = {input.at(batch, 0, 0),
                           input.of_row,
                           input.of_column,
                           cut(top, input.rows),
                           cut(top + window.rows.size, input.rows),
                           cut(left, input.columns),
                           cut(left + window.columns.size, input.columns)};
        int8_t* to = out.at(batch, row, column);
        for (int64_t channel = 0; channel < out.channels; ++channel) {
          to[channel * out.of_channel] = number(covered);
          covered.channel += input.of_channel;
        }
      }
    }
  }
}

}  // namespace etbuild::kernels::cortex_m
