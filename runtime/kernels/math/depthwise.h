// Images with a border, and what is computed of them, by level. Private to this folder.

#pragma once

#include <cstddef>

#include "convolution.h"
#include "gemm.h"

namespace etbuild::kernels::math {

// The rows of a padded image as vectors read them: column c of the padded image is in lane c / stride of part
// c % stride, so that neighbouring outputs read neighbours. Zeros stand around, and behind up to whole vectors.
struct PaddedShape {
  explicit PaddedShape(const ConvolutionShape& shape)
      : parts(shape.stride_width < 1 + (shape.kernel_width - 1) * shape.dilation_width
                  ? shape.stride_width
                  : 1 + (shape.kernel_width - 1) * shape.dilation_width),
        part((shape.out_width + 15) / 16 * 16 + (shape.kernel_width - 1) * shape.dilation_width / shape.stride_width),
        rows((shape.out_height - 1) * shape.stride_height + (shape.kernel_height - 1) * shape.dilation_height + 1) {}

  ptrdiff_t row() const { return parts * part; }
  ptrdiff_t floats() const { return rows * row(); }

  // From where an output sees its first tap, to tap x of the same row.
  ptrdiff_t offset(const ConvolutionShape& shape, ptrdiff_t x) const {
    const ptrdiff_t column = x * shape.dilation_width;
    return column % shape.stride_width * part + column / shape.stride_width;
  }

  ptrdiff_t parts;  // Those that a kernel reads: with a stride above its width, not all.
  ptrdiff_t part;
  ptrdiff_t rows;
};

// 16 pixels of the output as parts of rows: part i begins at `starts[i]` of 16, and `from[i]` is what its first pixel
// sees under the kernel's first tap.
struct PanelRuns {
  const float* from[kPanel];
  ptrdiff_t starts[kPanel];
  int count;
};

// What a row of outputs takes whose channels, 1 apart, are vectors: weights by tap, padded to 16 channels.
struct ChannelRow {
  const float* in;       // Of the image.
  const float* weights;  // [taps, padded channels]
  ptrdiff_t padded_channels;
  ptrdiff_t row;  // Of the output.
  float* out;
};

// Columns of `in` and `out` must be 1 apart, but for convolve_channels; `padded` holds PaddedShape::floats().
// pack_padded writes what 16 pixels see, as rows of 16, for channels that are `channel_stride` apart. What is behind
// the last pixel is anything; it writes up to 15 floats more.
#define DECLARE_DEPTHWISE                                                                                              \
  void pad_channel(const ConvolutionShape& shape, const float* in, float* padded);                                     \
  void convolve_padded(const Convolution& convolution, const float* padded, const float* weight, float bias,           \
                       float* out);                                                                                    \
  void convolve_channels(const Convolution& convolution, const ChannelRow& row);                                       \
  void pack_padded(const ConvolutionShape& shape, const PanelRuns& runs, ptrdiff_t channels, ptrdiff_t channel_stride, \
                   float* packed);

namespace baseline {
DECLARE_DEPTHWISE
}
namespace avx2 {
DECLARE_DEPTHWISE
}
namespace avx512 {
DECLARE_DEPTHWISE
}

#undef DECLARE_DEPTHWISE

}  // namespace etbuild::kernels::math
