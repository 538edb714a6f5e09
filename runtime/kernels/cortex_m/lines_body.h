// The bodies of functions of int8_lines.h: included once for each kind of instructions, behind its quads.

// NOLINTBEGIN(misc-definitions-in-headers): no header, but for its name.

#include <cstring>

#include "each_place.h"

namespace etbuild::kernels::cortex_m::QUADS {
namespace {

constexpr int kQuad = 4;

// Where four output channels begin; where they all are one, a step of 0 lies between them.
struct Filters {
  const int8_t* weights;
  ptrdiff_t step;
  Scaling scaling;
  Sums begin;
};

Filters filters_of(const Products& by, ptrdiff_t channel, ptrdiff_t step) {
  const int8_t* weights = by.weights + channel * by.of_channel;
  const Scaling scaling = {by.scaling.multipliers + channel * by.scaling.step,
                           by.scaling.shifts + channel * by.scaling.step, step * by.scaling.step, by.scaling.output};
  Sums begin = {};
  if (by.bias != nullptr) {
    const auto bias = [&](ptrdiff_t at) { return static_cast<uint32_t>(by.bias[channel + at * step]); };
    begin = {bias(0), bias(1), bias(2), bias(3)};
  }
  return {weights, step * by.of_channel, scaling, begin};
}

inline Sums sums_at(const Products& by, const Filters& filters, const int8_t* input) {
  const int8_t* weights = filters.weights;
  Sums sums = filters.begin;
  for (ptrdiff_t segment = by.segments; segment > 0; --segment) {
    sums = add_products(sums, input, by.offset, weights, filters.step, by.length);
    input += by.of_segment;
    weights += by.weights_of_segment;
  }
  return sums;
}

void multiply_channel(const Products& by, ptrdiff_t channel) {
  const Filters filters = filters_of(by, channel, 0);
  for (ptrdiff_t place = 0; place < by.places; ++place) {
    const Sums sums = sums_at(by, filters, by.input + place * by.of_place);
    by.out[channel + place * by.out_of_place] =
        by.scaling.output.of(static_cast<int32_t>(sums.a), *filters.scaling.multipliers, *filters.scaling.shifts);
  }
}

void multiply_channels(const Products& by, ptrdiff_t channel) {
  const Filters filters = filters_of(by, channel, 1);
  const int8_t* input = by.input;
  int8_t* to = by.out + channel;
  for (ptrdiff_t place = by.places; place > 0; --place, input += by.of_place, to += by.out_of_place) {
    store(sums_at(by, filters, input), filters.scaling, to);
  }
}

// As multiply_each(), by blocks of one kind; the last begins where it ends with the channels.
template <typename AnyBlock>
void multiply_blocks(const EachLine& by, ptrdiff_t first, ptrdiff_t end, ptrdiff_t size) {
  for (ptrdiff_t channel = first; channel < end; channel += size) {
    const ptrdiff_t from = channel < end - size ? channel : end - size;
    write_places(by, AnyBlock(by, from), from);
  }
}

// Four channels, each with weights of its own.
class EachQuad {
 public:
  EachQuad(const EachLine& line, ptrdiff_t channel)
      : by_(line),
        scaling_({line.scaling.multipliers + channel, line.scaling.shifts + channel, 1, line.scaling.output}),
        step_(line.is_one_channel ? 0 : 1) {
    if (line.bias == nullptr) return;
    const auto bias = [&](ptrdiff_t at) { return static_cast<uint32_t>(line.bias[channel + at]); };
    begin_ = {bias(0), bias(1), bias(2), bias(3)};
  }

  void write(const Taps& taps, int8_t* to) const {
    Sums sums = begin_;
    const int8_t* row = taps.input;
    const int8_t* weights_of_row = taps.weights;
    const ptrdiff_t of_column = by_.of_column * by_.dilation;
    for (ptrdiff_t y = by_.rows; y > 0; --y, row += by_.of_row, weights_of_row += by_.weights_of_row) {
      const int8_t* input = row;
      const int8_t* weights = weights_of_row;
      for (ptrdiff_t x = taps.columns; x > 0; --x, input += of_column, weights += by_.channels) {
        const auto element = [&](ptrdiff_t at) {
          return static_cast<uint32_t>(input[at * step_]) + static_cast<uint32_t>(by_.offset);
        };
        sums.a += element(0) * static_cast<uint32_t>(weights[0]);
        sums.b += element(1) * static_cast<uint32_t>(weights[1]);
        sums.c += element(2) * static_cast<uint32_t>(weights[2]);
        sums.d += element(3) * static_cast<uint32_t>(weights[3]);
      }
    }
    store(sums, scaling_, to);
  }

 private:
  const EachLine& by_;
  Scaling scaling_;
  ptrdiff_t step_;
  Sums begin_ = {};
};

// One of fewer than four channels.
class EachOne {
 public:
  EachOne(const EachLine& line, ptrdiff_t channel) : by_(line), channel_(channel) {}

  void write(const Taps& taps, int8_t* to) const {
    auto sum = static_cast<uint32_t>(by_.bias == nullptr ? 0 : by_.bias[channel_]);
    for (ptrdiff_t y = 0; y < by_.rows; ++y) {
      for (ptrdiff_t x = 0; x < taps.columns; ++x) {
        const auto element =
            static_cast<uint32_t>(int32_t{taps.input[y * by_.of_row + x * by_.dilation * by_.of_column]});
        sum += (element + static_cast<uint32_t>(by_.offset)) *
               static_cast<uint32_t>(taps.weights[y * by_.weights_of_row + x * by_.channels]);
      }
    }
    *to = by_.scaling.output.of(static_cast<int32_t>(sum), by_.scaling.multipliers[channel_],
                                by_.scaling.shifts[channel_]);
  }

 private:
  const EachLine& by_;
  ptrdiff_t channel_;
};

}  // namespace

void multiply_each(const EachLine& by) {
  if (by.channels < kQuad) return multiply_blocks<EachOne>(by, 0, by.channels, 1);
  multiply_blocks<EachQuad>(by, 0, by.channels, kQuad);
}

void multiply(const Products& by) {
  if (by.channels < kQuad) {
    for (ptrdiff_t channel = 0; channel < by.channels; ++channel) multiply_channel(by, channel);
    return;
  }
  const ptrdiff_t last = by.channels - kQuad;
  for (ptrdiff_t channel = 0; channel < by.channels; channel += kQuad) {
    multiply_channels(by, channel < last ? channel : last);  // Some are computed twice.
  }
}

void copy(const Segments& by) {
  const int8_t* of_place = by.from;
  int8_t* to_place = by.to;
  for (ptrdiff_t place = by.places; place > 0; --place, of_place += by.from_of_place, to_place += by.to_of_place) {
    const int8_t* from = of_place;
    int8_t* to = to_place;
    for (ptrdiff_t segment = by.count; segment > 0; --segment, from += by.of_from, to += by.of_to) {
      copy_segment(from, to, by.length);
    }
  }
}

void fill(int8_t* to, int8_t with, ptrdiff_t count) { std::memset(to, with, static_cast<size_t>(count)); }

}  // namespace etbuild::kernels::cortex_m::QUADS

// NOLINTEND(misc-definitions-in-headers)
