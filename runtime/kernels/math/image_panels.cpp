// How panels are read: for each tap of the kernel, the runs of the image's rows that its outputs see.

#include "image_panels.h"

#include "levels.h"

#if ET_KERNELS_SIMD != 0

#include "gemm_block.h"

namespace etbuild::kernels::math {
namespace {

// Pixels of a panel that follow each other in a row.
struct Run {
  ptrdiff_t row;
  ptrdiff_t column;
  ptrdiff_t count;
};

// Where a tap of the kernel looks, along one axis: position * factor + offset, of which only each divisor-th exists.
struct Tap {
  ptrdiff_t factor;
  ptrdiff_t offset;
  ptrdiff_t divisor;

  // -1: beside the image.
  ptrdiff_t operator()(ptrdiff_t position, ptrdiff_t size) const {
    ptrdiff_t at = position * factor + offset;
    if (at < 0 || (divisor != 1 && at % divisor != 0)) return -1;
    at /= divisor;
    return at < size ? at : -1;
  }
};

Tap tap_of(bool is_transposed, ptrdiff_t stride, ptrdiff_t padding, ptrdiff_t offset) {
  return is_transposed ? Tap{1, padding - offset, stride} : Tap{stride, offset - padding, 1};
}

void pack_run(const ConvolutionShape& shape, const float* row, const Run& run, const Tap& tap, float* to) {
  if (tap.divisor == 1) {
    const ptrdiff_t first = run.column * tap.factor + tap.offset;
    const ptrdiff_t last = first + (run.count - 1) * tap.factor;
    if (first >= 0 && last < shape.in_width) {
      const float* from = row + first * shape.in.column;
      const ptrdiff_t step = tap.factor * shape.in.column;
      if (step == 1 && run.count == kPanel) {
        __builtin_memcpy(to, from, kPanel * sizeof(float));
      } else if (step == 1) {
        for (ptrdiff_t i = 0; i < run.count; ++i) to[i] = from[i];
      } else {
        for (ptrdiff_t i = 0; i < run.count; ++i) to[i] = from[i * step];
      }
      return;
    }
  }
  for (ptrdiff_t i = 0; i < run.count; ++i) {
    const ptrdiff_t column = tap(run.column + i, shape.in_width);
    to[i] = column < 0 ? 0.0f : row[column * shape.in.column];
  }
}

}  // namespace

void pack_pixels(const ConvolutionShape& shape, const float* in, ptrdiff_t channels, ptrdiff_t pixel, ptrdiff_t count,
                 float* packed) {
  Run runs[kPanel];
  int run_count = 0;
  for (ptrdiff_t done = 0; done < count;) {
    Run& run = runs[run_count++];
    run.row = (pixel + done) / shape.out_width;
    run.column = (pixel + done) % shape.out_width;
    run.count = shape.out_width - run.column < count - done ? shape.out_width - run.column : count - done;
    done += run.count;
  }
  for (ptrdiff_t channel = 0; channel < channels; ++channel, in += shape.in.channel) {
    for (ptrdiff_t y = 0; y < shape.kernel_height; ++y) {
      const Tap tap_y = tap_of(shape.is_transposed, shape.stride_height, shape.padding_top, y * shape.dilation_height);
      for (ptrdiff_t x = 0; x < shape.kernel_width; ++x, packed += kPanel) {
        const Tap tap_x = tap_of(shape.is_transposed, shape.stride_width, shape.padding_left, x * shape.dilation_width);
        float* to = packed;
        for (int i = 0; i < run_count; ++i) {
          const Run& run = runs[i];
          const ptrdiff_t row = tap_y(run.row, shape.in_height);
          if (row < 0) {
            for (ptrdiff_t at = 0; at < run.count; ++at) to[at] = 0;
          } else {
            pack_run(shape, in + row * shape.in.row, run, tap_x, to);
          }
          to += run.count;
        }
        for (; to < packed + kPanel; ++to) *to = 0;
      }
    }
  }
}

}  // namespace etbuild::kernels::math

#endif
