// How numbers of a row become whole ones before a product with blocks. Private to this folder.

#pragma once

#include "blocks_levels.h"

namespace etbuild::kernels::math {

// The rounding of a row: with GGUF's blocks, of each 32 numbers by their largest, to 16 bits; with Int4, of the whole
// row, to 8 bits between its least and largest number, of which zero is one, as torchao's per-token asymmetric int8.
class RowRounding {
 public:
  RowRounding(BlockFormat format, const float* row, ptrdiff_t count);

  // 32 numbers of the row. If one of those that are rounded together is not finite, scale and sum are NaN.
  Rounded of(const float* from) const;

 private:
  bool is_by_row_;
  float scale_ = 0;
  float inverse_ = 0;
  float zero_ = 0;  // Among -128 to 127.
};

}  // namespace etbuild::kernels::math
