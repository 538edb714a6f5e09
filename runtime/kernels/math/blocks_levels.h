// What a level of instructions does of products with blocks. Private to this folder.

#pragma once

#include "blocks.h"

namespace etbuild::kernels::math {

// A row's 32 numbers as 16 bits, in two bytes that are multiplied each: number = (256 * high + low) * scale. 8 bits
// alone would turn a decoder's close choices, and 8 about a zero point are 9. The layout of scratch. No byte is -128,
// which has no opposite, but for Int4, where none is needed.
struct Rounded {
  float scale;
  float sum;  // Of the numbers: what a weight's least value or offset is multiplied by.
  int8_t high[kBlock];
  int8_t low[kBlock];
};

// `rows` rows of `blocks` each, and columns of weights; out as in BlockProduct.
struct RoundedProduct {
  ptrdiff_t rows;
  ptrdiff_t columns;
  ptrdiff_t blocks;
  const Rounded* a;
  const uint8_t* weights;
  BlockFormat format;
  const float* bias;
  float* out;
  ptrdiff_t out_row_stride;
  const float* scales;  // Of Int4, as in BlockProduct, and how many blocks share one.
  ptrdiff_t group_blocks;
};

namespace baseline {
void multiply_rounded(const RoundedProduct& product);
}
namespace avx2 {
void multiply_rounded(const RoundedProduct& product);
}
namespace avx512 {
void multiply_rounded(const RoundedProduct& product);  // Needs VNNI, too.
}

}  // namespace etbuild::kernels::math
