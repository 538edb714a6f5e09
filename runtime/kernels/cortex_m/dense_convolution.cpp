#include "dense_convolution.h"

#include <utility>

#include "int8_lines.h"

namespace etbuild::kernels::cortex_m {
namespace {

constexpr ptrdiff_t kGathered = 768;   // Bytes of windows that are gathered at once,
constexpr ptrdiff_t kLeastPlaces = 4;  // if they are of so many places: each time, all weights are read.
constexpr int64_t kChunk = 128;        // Places that one thread computes.

// How far it is from each place to the next, in the order of rows; 0 if that differs.
ptrdiff_t step_of(const Image& image) {
  const int64_t sizes[] = {image.columns, image.rows, image.batches};
  const int64_t strides[] = {image.of_column, image.of_row, image.of_batch};
  int64_t step = 0;
  int64_t count = 1;
  for (int dim = 0; dim < 3; ++dim) {
    if (sizes[dim] == 1) continue;
    if (count == 1) step = strides[dim];
    if (strides[dim] != step * count) return 0;
    count *= sizes[dim];
  }
  return static_cast<ptrdiff_t>(count == 1 ? image.channels : step);
}

bool are_channels_beside(const Image& image) { return image.channels == 1 || image.of_channel == 1; }

// Elements of the window that are within the image, from a place on.
struct Seen {
  Seen(const Extent& extent, ptrdiff_t place, ptrdiff_t length) {
    const auto stride = static_cast<ptrdiff_t>(extent.stride);
    const auto dilation = static_cast<ptrdiff_t>(extent.dilation);
    const auto size = static_cast<ptrdiff_t>(extent.size);
    at = place * stride - static_cast<ptrdiff_t>(extent.padding);
    first = at < 0 ? (dilation - 1 - at) / dilation : 0;
    end = at + (size - 1) * dilation < length ? size : (length - at + dilation - 1) / dilation;
    first = first < size ? first : size;
    end = end < first ? first : end;
    is_whole = end - first == size;
    at += first * dilation;
  }

  ptrdiff_t at;  // Where the first one stands.
  ptrdiff_t first;
  ptrdiff_t end;
  bool is_whole;
};

// A convolution of one group, with what its lines have in common.
struct Group {
  Group(const Convolution& of, ptrdiff_t group)
      : by(of), first_channel(static_cast<ptrdiff_t>(group * of.depth)), depth(static_cast<ptrdiff_t>(of.depth)) {
    const auto first = static_cast<ptrdiff_t>(group * of.outputs);
    size = static_cast<ptrdiff_t>(of.window.columns.size);
    row = size * depth;
    window = row * static_cast<ptrdiff_t>(of.window.rows.size);
    out_step = step_of(of.out);
    is_joined = of.window.columns.dilation == 1 && of.input.of_column == of.depth;
    products = {};
    products.weights = of.weights + first * window;
    products.of_channel = window;
    products.channels = static_cast<ptrdiff_t>(of.outputs);
    products.length = window;
    products.segments = 1;
    products.bias = of.channels.bias == nullptr ? nullptr : of.channels.bias + first;
    products.offset = of.input_offset;
    products.scaling = {of.channels.multipliers + first, of.channels.shifts + first, 1, of.output};
    products.out = of.out.data + first;
    products.out_of_place = out_step;
    first_output = first;
  }

  const Convolution& by;
  ptrdiff_t first_channel;
  ptrdiff_t first_output;
  ptrdiff_t depth;
  ptrdiff_t size;      // Columns of the window.
  ptrdiff_t row;       // Elements of its rows.
  ptrdiff_t window;    // All its elements.
  ptrdiff_t out_step;  // From one place of the output to the next; 0 if that differs.
  bool is_joined;      // A row of a window lies in one piece.
  Products products;
};

// How many places, up to `most`, see all of their columns; the first does.
ptrdiff_t whole_places(const Group& group, const Seen& first, ptrdiff_t most) {
  const Extent& columns = group.by.window.columns;
  const auto reach = static_cast<ptrdiff_t>((columns.size - 1) * columns.dilation);
  const ptrdiff_t count = (group.by.input.columns - 1 - reach - first.at) / static_cast<ptrdiff_t>(columns.stride) + 1;
  return count < most ? count : most;
}

// Copies what a place sees, or up to `most` that see all of their windows, and returns how many they are. Where a place
// sees nothing are elements to which the offset makes zeros.
ptrdiff_t gather(const Group& group, ptrdiff_t batch, const Seen& rows, ptrdiff_t column, ptrdiff_t most, int8_t* to) {
  const Convolution& by = group.by;
  const Extent& extent = by.window.columns;
  const Seen columns(extent, column, by.input.columns);
  const bool is_whole = rows.is_whole && columns.is_whole;
  if (!is_whole) fitting::fill(to, static_cast<int8_t>(-by.input_offset), group.window);
  const ptrdiff_t count = columns.end - columns.first;
  if (rows.end == rows.first || count == 0) return 1;
  const auto of_column = static_cast<ptrdiff_t>(by.input.of_column);
  Segments segments = {by.input.at(batch, rows.at, columns.at) + group.first_channel,
                       static_cast<ptrdiff_t>(by.window.rows.dilation * by.input.of_row),
                       to + rows.first * group.row + columns.first * group.depth,
                       group.row,
                       rows.end - rows.first,
                       group.is_joined ? count * group.depth : group.depth,
                       is_whole ? whole_places(group, columns, most) : 1,
                       static_cast<ptrdiff_t>(extent.stride) * of_column,
                       group.window};
  for (ptrdiff_t element = group.is_joined ? 1 : count; element > 0; --element) {
    fitting::copy(segments);
    segments.from += static_cast<ptrdiff_t>(extent.dilation) * of_column;
    segments.to += group.depth;
  }
  return segments.places;
}

void multiply_gathered(const Group& group, ptrdiff_t begin, ptrdiff_t end) {
  int8_t windows[kGathered];
  const Image& out = group.by.out;
  ptrdiff_t column = begin % out.columns;
  ptrdiff_t row = begin / out.columns % out.rows;
  ptrdiff_t batch = begin / out.columns / out.rows;
  const ptrdiff_t most = kGathered / group.window;
  Seen rows(group.by.window.rows, row, group.by.input.rows);
  Products products = group.products;
  products.input = windows;
  products.of_place = group.window;
  for (ptrdiff_t place = begin; place < end; place += products.places) {
    products.places = end - place < most ? end - place : most;
    for (ptrdiff_t at = 0; at < products.places;) {
      const ptrdiff_t left = products.places - at;
      const ptrdiff_t of_row = out.columns - column;
      const ptrdiff_t made =
          gather(group, batch, rows, column, left < of_row ? left : of_row, windows + at * group.window);
      at += made;
      column += made;
      if (column < out.columns) continue;
      column = 0;
      if (++row == out.rows) {
        row = 0;
        ++batch;
      }
      rows = Seen(group.by.window.rows, row, group.by.input.rows);
    }
    products.out = group.products.out + place * group.out_step;
    fitting::multiply(products);
  }
}

// Windows that are read where they lie, row by row: those that are whole at once, others one at a time.
void multiply_line(const Group& group, ptrdiff_t line) {
  const Convolution& by = group.by;
  const Seen rows(by.window.rows, line % by.out.rows, by.input.rows);
  const ptrdiff_t of_column = static_cast<ptrdiff_t>(by.input.of_column);
  Products products = group.products;
  products.of_segment = static_cast<ptrdiff_t>(by.window.rows.dilation * by.input.of_row);
  products.weights_of_segment = group.row;
  products.of_place = static_cast<ptrdiff_t>(by.window.columns.stride) * of_column;
  products.out_of_place = static_cast<ptrdiff_t>(by.out.of_column);
  for (ptrdiff_t column = 0; column < by.out.columns; column += products.places) {
    const Seen seen(by.window.columns, column, by.input.columns);
    products.places = seen.is_whole ? whole_places(group, seen, by.out.columns - column) : 1;
    products.length = (seen.end - seen.first) * group.depth;
    products.segments = products.length > 0 ? rows.end - rows.first : 0;
    products.input = by.input.at(line / by.out.rows, rows.at, seen.at);
    products.weights = group.products.weights + rows.first * group.row + seen.first * group.depth;
    products.out = by.out.at(line / by.out.rows, line % by.out.rows, column) + group.first_output;
    fitting::multiply(products);
  }
}

bool is_pointwise(const Extent& extent) { return extent.size == 1 && extent.stride == 1 && extent.padding == 0; }

void multiply_places(const Group& group, ptrdiff_t input_step, ptrdiff_t begin, ptrdiff_t end) {
  Products products = group.products;
  products.input = group.by.input.data + begin * input_step + group.first_channel;
  products.of_place = input_step;
  products.places = end - begin;
  products.out += begin * group.out_step;
  fitting::multiply(products);
}

bool convolve_group(const Group& group) {
  const Convolution& by = group.by;
  const int64_t lines = int64_t{by.out.batches} * by.out.rows;
  const int64_t places = lines * by.out.columns;
  // Places of a transposed one may be fewer than the input's.
  const bool is_point = is_pointwise(by.window.rows) && is_pointwise(by.window.columns) &&
                        by.out.rows == by.input.rows && by.out.columns == by.input.columns;
  const ptrdiff_t input_step = is_point && group.out_step != 0 ? step_of(by.input) : 0;
  const bool is_gathered = input_step == 0 && group.out_step != 0 && group.window * kLeastPlaces <= kGathered &&
                           by.input_offset > -128 && by.input_offset <= 128;
  if (input_step != 0 || is_gathered) {
    return executorch::extension::parallel_for(
        0, (places + kChunk - 1) / kChunk, 1, [&group, input_step, places](int64_t chunk, int64_t end_chunk) {
          for (; chunk < end_chunk; ++chunk) {
            const auto begin = static_cast<ptrdiff_t>(chunk * kChunk);
            const auto end =
                static_cast<ptrdiff_t>(chunk * kChunk + kChunk < places ? chunk * kChunk + kChunk : places);
            if (input_step != 0) {
              multiply_places(group, input_step, begin, end);
            } else {
              multiply_gathered(group, begin, end);
            }
          }
        });
  }
  if (!group.is_joined) return false;
  return executorch::extension::parallel_for(0, lines, 1, [&group](int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; ++line) multiply_line(group, static_cast<ptrdiff_t>(line));
  });
}

EachLine line_of(const Convolution& by, ptrdiff_t line) {
  const Seen rows(by.window.rows, line % by.out.rows, by.input.rows);
  const ptrdiff_t batch = line / by.out.rows;
  const Extent& columns = by.window.columns;
  EachLine each = {};
  each.input = by.input.at(batch, rows.at, 0);
  each.rows = rows.end - rows.first;
  each.of_row = static_cast<ptrdiff_t>(by.window.rows.dilation * by.input.of_row);
  each.columns = by.input.columns;
  each.of_column = static_cast<ptrdiff_t>(by.input.of_column);
  each.is_one_channel = by.input.channels == 1;
  each.weights_of_row = static_cast<ptrdiff_t>(columns.size * by.out.channels);
  each.weights = by.weights + rows.first * each.weights_of_row;
  each.size = static_cast<ptrdiff_t>(columns.size);
  each.stride = static_cast<ptrdiff_t>(columns.stride);
  each.padding = static_cast<ptrdiff_t>(columns.padding);
  each.dilation = static_cast<ptrdiff_t>(columns.dilation);
  each.channels = by.out.channels;
  each.bias = by.channels.bias;
  each.offset = by.input_offset;
  each.scaling = {by.channels.multipliers, by.channels.shifts, 1, by.output};
  each.out = by.out.at(batch, line % by.out.rows, 0);
  each.out_of_place = static_cast<ptrdiff_t>(by.out.of_column);
  each.places = by.out.columns;
  return each;
}

// Makes columns of rows, and the other way round.
void turn(Image& image) {
  std::swap(image.rows, image.columns);
  std::swap(image.of_row, image.of_column);
}

}  // namespace

bool convolve_dense(const Convolution& by) {
  if (!are_channels_beside(by.input) || !are_channels_beside(by.out)) return false;
  for (ptrdiff_t channel = 0; channel < by.out.channels; channel += by.outputs) {
    if (!convolve_group(Group(by, channel / by.outputs))) return false;
  }
  return true;
}

bool convolve_each_dense(Convolution& by) {
  constexpr int32_t kMostOffset = 32000;
  if (by.input_offset < -kMostOffset || by.input_offset > kMostOffset) return false;
  if (!are_channels_beside(by.input) || !are_channels_beside(by.out)) return false;
  // A line has all places of an image of one column.
  if (by.input.columns == 1 && by.out.columns == 1 && by.window.columns.size == 1) {
    turn(by.input);
    turn(by.out);
    std::swap(by.window.rows, by.window.columns);
  }
  const int64_t lines = int64_t{by.out.batches} * by.out.rows;
  return executorch::extension::parallel_for(0, lines, 1, [&by](int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; ++line) fitting::multiply_each(line_of(by, static_cast<ptrdiff_t>(line)));
  });
}

}  // namespace etbuild::kernels::cortex_m
