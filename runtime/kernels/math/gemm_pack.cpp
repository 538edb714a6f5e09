// How b of a product is laid out for the tiles: rows of 16 columns.

#include "gemm_block.h"

namespace etbuild::kernels::math {
namespace {

typedef float Four __attribute__((vector_size(16)));
typedef int32_t FourPlaces __attribute__((vector_size(16)));

inline Four load(const float* from) {
  Four lanes;
  __builtin_memcpy(&lanes, from, sizeof(lanes));
  return lanes;
}

inline void store(float* to, Four lanes) { __builtin_memcpy(to, &lanes, sizeof(lanes)); }

// Four columns that are contiguous along the depth become four of a row of 16, for four depths.
inline void transpose_four(const float* from, ptrdiff_t column_stride, float* to) {
  const Four a = load(from);
  const Four b = load(from + column_stride);
  const Four c = load(from + 2 * column_stride);
  const Four d = load(from + 3 * column_stride);
  const Four ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const Four ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Four cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const Four cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  store(to, __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5));
  store(to + kPanel, __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7));
  store(to + 2 * kPanel, __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5));
  store(to + 3 * kPanel, __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7));
}

void pack_panel(const Matrix& b, ptrdiff_t depth, ptrdiff_t columns, float* packed) {
  if (b.column_stride == 1 && columns == kPanel) {
    for (ptrdiff_t k = 0; k < depth; ++k) __builtin_memcpy(packed + k * kPanel, b.data + k * b.row_stride, 64);
    return;
  }
  ptrdiff_t done = 0;
  if (b.row_stride == 1) {
    for (; done + 4 <= depth; done += 4) {
      ptrdiff_t c = 0;
      float* to = packed + done * kPanel;
      for (; c + 4 <= columns; c += 4) transpose_four(b.data + c * b.column_stride + done, b.column_stride, to + c);
      for (; c < kPanel; ++c) {
        for (ptrdiff_t k = 0; k < 4; ++k) {
          to[k * kPanel + c] = c < columns ? b.data[c * b.column_stride + done + k] : 0.0f;
        }
      }
    }
  }
  for (ptrdiff_t k = done; k < depth; ++k) {
    const float* from = b.data + k * b.row_stride;
    float* to = packed + k * kPanel;
    for (ptrdiff_t c = 0; c < kPanel; ++c) to[c] = c < columns ? from[c * b.column_stride] : 0.0f;
  }
}

}  // namespace

void pack_panels(const Matrix& b, ptrdiff_t depth, ptrdiff_t columns, float* packed, ptrdiff_t panel_stride) {
  for (ptrdiff_t column = 0; column < columns; column += kPanel) {
    const Matrix from = {b.data + column * b.column_stride, b.row_stride, b.column_stride};
    const ptrdiff_t left = columns - column;
    pack_panel(from, depth, left < kPanel ? left : kPanel, packed + column / kPanel * panel_stride);
  }
}

void pack_b(const Matrix& b, ptrdiff_t depth, ptrdiff_t columns, float* packed) {
  pack_panels(b, depth, columns, packed, depth * kPanel);
}

}  // namespace etbuild::kernels::math
