// Convolution of one channel by one kernel, by level. Private to this folder.

#pragma once

#include <cstddef>

#include "convolution.h"

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

  ptrdiff_t parts;  // Those that a kernel reads: with a stride above its width, not all.
  ptrdiff_t part;
  ptrdiff_t rows;
};

// Columns of `in` and `out` must be 1 apart; `padded` holds PaddedShape::floats().
#define DECLARE_DEPTHWISE                                                                                    \
  void pad_channel(const ConvolutionShape& shape, const float* in, float* padded);                           \
  void convolve_padded(const Convolution& convolution, const float* padded, const float* weight, float bias, \
                       float* out);

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
