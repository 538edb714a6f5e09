// What a level of instructions does of a product: blocks whose operands are laid out for it. Private to this folder.

#pragma once

#include <cstddef>
#include <cstdint>

#include "gemm.h"
#include "stacks.h"

namespace etbuild::kernels::math {

// Some rows and columns of a product, at some depths. Pointers stand at the block's first element.
struct Block {
  ptrdiff_t rows;
  ptrdiff_t columns;
  ptrdiff_t depth;
  const float* a;  // Element (i, k) is a[i * a_row + k * a_step].
  ptrdiff_t a_row;
  ptrdiff_t a_step;
  const float* b;     // Element (k, j) is b[j / 16 * b_panel + k * b_step + j % 16]; whole panels may be read.
  ptrdiff_t b_panel;  // 16 where b is no packed one.
  ptrdiff_t b_step;
  bool is_first;  // Else out holds the sums of the depths before.
  bool is_last;   // Else the sums are left as they are: what follows the product is for the last.
};

// Rows of both operands that are contiguous along the depth: dot products.
struct Dots {
  ptrdiff_t rows;
  ptrdiff_t columns;
  ptrdiff_t depth;
  const float* a;
  ptrdiff_t a_row;
  const float* b;
  ptrdiff_t b_column;
};

// What is done with the product, and where it goes; from `row` and `column` of the whole.
struct Epilogue {
  explicit Epilogue(const Gemm& gemm, ptrdiff_t row = 0, ptrdiff_t column = 0)
      : added(gemm.added),
        alpha(gemm.alpha),
        beta(gemm.beta),
        lowest(gemm.lowest),
        highest(gemm.highest),
        out(gemm.out + row * gemm.out_row_stride + column * gemm.out_column_stride),
        out_row(gemm.out_row_stride),
        out_column(gemm.out_column_stride) {
    if (added.data != nullptr) added.data += row * added.row_stride + column * added.column_stride;
  }

  Matrix added;
  float alpha;
  float beta;
  float lowest;
  float highest;
  float* out;
  ptrdiff_t out_row;
  ptrdiff_t out_column;
};

// Writes `columns` of b, up to 16 a panel, as rows of 16 that end in zeros.
void pack_panels(const Matrix& b, ptrdiff_t depth, ptrdiff_t columns, float* packed, ptrdiff_t panel_stride);

// A tile: the rows and columns of sums that stay in registers; columns are 16, or a multiple or a part of it.
#define DECLARE_BLOCKS                                               \
  ptrdiff_t tile_rows();                                             \
  ptrdiff_t tile_columns();                                          \
  void multiply_block(const Block& block, const Epilogue& epilogue); \
  void multiply_dots(const Dots& dots, const Epilogue& epilogue);

namespace baseline {
DECLARE_BLOCKS
}
namespace avx2 {
DECLARE_BLOCKS
}
namespace avx512 {
DECLARE_BLOCKS
}

#undef DECLARE_BLOCKS

}  // namespace etbuild::kernels::math
