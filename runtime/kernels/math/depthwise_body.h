// The body of depthwise convolutions: included once for each level, behind its lanes.

// NOLINTBEGIN(misc-definitions-in-headers): no header, but for its name.

namespace etbuild::kernels::math::SIMD {
namespace {

// to[i] = from[2 * i] and odd_to[i] = from[2 * i + 1].
inline void separate(const float* from, float* even_to, float* odd_to, ptrdiff_t pairs) {
  ptrdiff_t at = 0;
  if constexpr (kLanes > 1) {
    for (; at + kLanes <= pairs; at += kLanes) {
      const Lanes low = load(from + 2 * at);
      const Lanes high = load(from + 2 * at + kLanes);
      store(even_to + at, even_of(low, high));
      store(odd_to + at, odd_of(low, high));
    }
  }
  for (; at < pairs; ++at) {
    even_to[at] = from[2 * at];
    odd_to[at] = from[2 * at + 1];
  }
}

inline void copy(const float* from, float* to, ptrdiff_t count) {
  ptrdiff_t at = 0;
  for (; at + kLanes <= count; at += kLanes) store(to + at, load(from + at));
  if (at < count) store_some(to + at, load_some(from + at, count - at), count - at);
}

// Lanes of kRows rows of outputs: each vector of the input is read once for all of them.
template <int kKernel, int kStride, int kRows>
inline void convolve_lanes(const float* padded, ptrdiff_t padded_row, const ptrdiff_t* offsets, const Lanes* weights,
                           Lanes (&sums)[kRows]) {
  UNROLLED
  for (int y = 0; y < (kRows - 1) * kStride + kKernel; ++y) {
    UNROLLED
    for (int x = 0; x < kKernel; ++x) {
      const Lanes lanes = load(padded + y * padded_row + offsets[x]);
      UNROLLED
      for (int r = 0; r < kRows; ++r) {
        const int tap = y - r * kStride;
        if (tap >= 0 && tap < kKernel) sums[r] = multiply_add(lanes, weights[tap * kKernel + x], sums[r]);
      }
    }
  }
}

struct Rows {
  const Convolution& convolution;
  PaddedShape padded_shape;
  const float* padded;
  const float* weight;
  float bias;
  float* out;
};

inline void write(const Rows& rows, float* out, Lanes sums, ptrdiff_t count) {
  store_up_to(out, clamp(sums, rows.convolution.lowest, rows.convolution.highest), count);
}

// A frame of its own: in one together they would outgrow small stacks.
template <int kKernel, int kStride>
__attribute__((noinline)) void convolve_square(const Rows& rows) {
  constexpr int kRows = 4;
  const ConvolutionShape& shape = rows.convolution.shape;
  const ptrdiff_t padded_row = rows.padded_shape.row();
  ptrdiff_t offsets[kKernel];
  for (int x = 0; x < kKernel; ++x) offsets[x] = rows.padded_shape.offset(shape, x);
  Lanes weights[kKernel * kKernel];
  UNROLLED
  for (int tap = 0; tap < kKernel * kKernel; ++tap) weights[tap] = splat(rows.weight[tap]);
  const Lanes bias = splat(rows.bias);
  for (ptrdiff_t row = 0; row < shape.out_height;) {
    const float* padded = rows.padded + row * kStride * padded_row;
    float* out = rows.out + row * shape.out.row;
    const bool is_whole = row + kRows <= shape.out_height;
    for (ptrdiff_t column = 0; column < shape.out_width; column += kLanes) {
      const ptrdiff_t left = shape.out_width - column;
      if (is_whole) {
        Lanes sums[kRows] = {bias, bias, bias, bias};
        convolve_lanes<kKernel, kStride, kRows>(padded + column, padded_row, offsets, weights, sums);
        UNROLLED
        for (int r = 0; r < kRows; ++r) write(rows, out + r * shape.out.row + column, sums[r], left);
      } else {
        Lanes sums[1] = {bias};
        convolve_lanes<kKernel, kStride, 1>(padded + column, padded_row, offsets, weights, sums);
        write(rows, out + column, sums[0], left);
      }
    }
    row += is_whole ? kRows : 1;
  }
}

void convolve_any(const Rows& rows) {
  const ConvolutionShape& shape = rows.convolution.shape;
  const ptrdiff_t padded_row = rows.padded_shape.row();
  for (ptrdiff_t row = 0; row < shape.out_height; ++row) {
    for (ptrdiff_t column = 0; column < shape.out_width; column += kLanes) {
      Lanes sums = splat(rows.bias);
      const float* weight = rows.weight;
      for (ptrdiff_t y = 0; y < shape.kernel_height; ++y) {
        const float* padded =
            rows.padded + (row * shape.stride_height + y * shape.dilation_height) * padded_row + column;
        for (ptrdiff_t x = 0; x < shape.kernel_width; ++x) {
          sums = multiply_add(load(padded + rows.padded_shape.offset(shape, x)), splat(*weight++), sums);
        }
      }
      write(rows, rows.out + row * shape.out.row + column, sums, shape.out_width - column);
    }
  }
}

// kCount neighbouring outputs of a vector of channels; all of them see the taps from `first` to `last` of each row.
struct Pixels {
  ptrdiff_t channel;
  ptrdiff_t column;
  ptrdiff_t first, last;
};

template <int kCount, bool kIsWhole>
inline void convolve_pixels(const Convolution& convolution, const ChannelRow& row, const Pixels& pixels) {
  const ConvolutionShape& shape = convolution.shape;
  const ptrdiff_t left = kIsWhole ? kLanes : shape.out_channels - pixels.channel;
  const ptrdiff_t step = shape.stride_width * shape.in.column;
  const ptrdiff_t start = pixels.column * shape.stride_width - shape.padding_left;
  Lanes sums[kCount] = {};
  if (convolution.bias != nullptr) {
    UNROLLED
    for (int i = 0; i < kCount; ++i) sums[i] = load_up_to(convolution.bias + pixels.channel, left);
  }
  for (ptrdiff_t y = 0; y < shape.kernel_height; ++y) {
    const ptrdiff_t in_row = row.row * shape.stride_height - shape.padding_top + y * shape.dilation_height;
    if (in_row < 0 || in_row >= shape.in_height) continue;
    const float* weight = row.weights + y * shape.kernel_width * row.padded_channels + pixels.channel;
    for (ptrdiff_t x = pixels.first; x < pixels.last; ++x) {
      const Lanes weights = load(weight + x * row.padded_channels);
      const float* in =
          row.in + in_row * shape.in.row + (start + x * shape.dilation_width) * shape.in.column + pixels.channel;
      UNROLLED
      for (int i = 0; i < kCount; ++i) sums[i] = multiply_add(load_up_to(in + i * step, left), weights, sums[i]);
    }
  }
  float* out = row.out + pixels.column * shape.out.column + pixels.channel;
  UNROLLED
  for (int i = 0; i < kCount; ++i) {
    store_up_to(out + i * shape.out.column, clamp(sums[i], convolution.lowest, convolution.highest), left);
  }
}

}  // namespace

void convolve_channels(const Convolution& convolution, const ChannelRow& row) {
  constexpr int kAtOnce = 4;
  const ConvolutionShape& shape = convolution.shape;
  for (ptrdiff_t channel = 0; channel < shape.out_channels; channel += kLanes) {
    const bool is_whole = channel + kLanes <= shape.out_channels;
    for (ptrdiff_t column = 0; column < shape.out_width;) {
      const ptrdiff_t start = column * shape.stride_width - shape.padding_left;
      const ptrdiff_t end = start + (shape.kernel_width - 1) * shape.dilation_width;
      const bool are_inside = is_whole && column + kAtOnce <= shape.out_width && start >= 0 &&
                              end + (kAtOnce - 1) * shape.stride_width < shape.in_width;
      if (are_inside) {
        convolve_pixels<kAtOnce, true>(convolution, row, {channel, column, 0, shape.kernel_width});
        column += kAtOnce;
        continue;
      }
      ptrdiff_t first = 0;
      ptrdiff_t last = shape.kernel_width;
      while (first < last && start + first * shape.dilation_width < 0) ++first;
      while (last > first && start + (last - 1) * shape.dilation_width >= shape.in_width) --last;
      const Pixels pixels = {channel, column, first, last};
      if (is_whole) {
        convolve_pixels<1, true>(convolution, row, pixels);
      } else {
        convolve_pixels<1, false>(convolution, row, pixels);
      }
      ++column;
    }
  }
}

void pad_channel(const ConvolutionShape& shape, const float* in, float* padded) {
  const PaddedShape to(shape);
  const ptrdiff_t stride = shape.stride_width;
  for (ptrdiff_t row = 0; row < to.rows; ++row, padded += to.row()) {
    const ptrdiff_t in_row = row - shape.padding_top;
    for (ptrdiff_t at = 0; at < to.row(); at += kLanes) store_up_to(padded + at, Lanes{}, to.row() - at);
    if (in_row < 0 || in_row >= shape.in_height) continue;
    const float* from = in + in_row * shape.in.row;
    const ptrdiff_t left = shape.padding_left;
    if (stride == 1) {
      const ptrdiff_t room = to.part - left;
      copy(from, padded + left, shape.in_width < room ? shape.in_width : room);
    } else if (stride == 2 && to.parts == 2) {
      const ptrdiff_t columns = shape.in_width < 2 * to.part - left ? shape.in_width : 2 * to.part - left;
      const ptrdiff_t odd = left % 2;
      if (odd == 1 && columns > 0) padded[to.part + left / 2] = from[0];
      const ptrdiff_t pairs = columns > odd ? (columns - odd) / 2 : 0;
      separate(from + odd, padded + (left + 1) / 2, padded + to.part + (left + 1) / 2, pairs);
      const ptrdiff_t last = odd + 2 * pairs;
      if (last < columns) padded[(left + last) / 2] = from[last];
    } else {
      for (ptrdiff_t column = 0; column < shape.in_width; ++column) {
        const ptrdiff_t part = (column + left) % stride;
        const ptrdiff_t at = (column + left) / stride;
        if (part < to.parts && at < to.part) padded[part * to.part + at] = from[column];
      }
    }
  }
}

void convolve_padded(const Convolution& convolution, const float* padded, const float* weight, float bias, float* out) {
  const ConvolutionShape& shape = convolution.shape;
  const Rows rows = {convolution, PaddedShape(shape), padded, weight, bias, out};
  const bool is_square = shape.kernel_height == shape.kernel_width && shape.dilation_height == 1 &&
                         shape.dilation_width == 1 && shape.stride_height == shape.stride_width;
  const ptrdiff_t kind = is_square ? shape.kernel_width * 10 + shape.stride_width : 0;
  switch (kind) {
    case 31:
      return convolve_square<3, 1>(rows);
    case 32:
      return convolve_square<3, 2>(rows);
    case 51:
      return convolve_square<5, 1>(rows);
    case 52:
      return convolve_square<5, 2>(rows);
    default:
      return convolve_any(rows);
  }
}

void pack_padded(const ConvolutionShape& shape, const PanelRuns& runs, ptrdiff_t channels, ptrdiff_t channel_stride,
                 float* packed) {
  const PaddedShape padded(shape);
  const ptrdiff_t row = padded.row() * shape.dilation_height;
  ptrdiff_t offset = 0;
  for (ptrdiff_t channel = 0; channel < channels; ++channel, offset += channel_stride) {
    for (ptrdiff_t y = 0; y < shape.kernel_height; ++y) {
      for (ptrdiff_t x = 0; x < shape.kernel_width; ++x, packed += kPanel) {
        const ptrdiff_t at = offset + y * row + padded.offset(shape, x);
        // Each part is copied as if it were whole: the next one, and the next row, overwrite what is too much.
        for (int i = 0; i < runs.count; ++i) {
          const float* from = runs.from[i] + at;
          float* to = packed + runs.starts[i];
          UNROLLED
          for (int v = 0; v < kPanel / kLanes; ++v) store(to + v * kLanes, load(from + v * kLanes));
        }
      }
    }
  }
}

}  // namespace etbuild::kernels::math::SIMD

// NOLINTEND(misc-definitions-in-headers)
