// Products of matrices of floats, for linear, addmm, mm, bmm and convolutions: out = a x b, with what follows it.
// It knows no tensors, no operators and no threads.

#pragma once

#include <cstddef>
#include <cstdint>

#include "parallel.h"

namespace etbuild::kernels::math {

// Element (i, j) is data[i * row_stride + j * column_stride]: any layout, transposed or not.
struct Matrix {
  const float* data = nullptr;
  ptrdiff_t row_stride = 0;
  ptrdiff_t column_stride = 0;
};

// out = clamp(alpha * (a x b) + beta * added). Sizes may be 0; with depth 0 the product is 0.
//
// Each element of the product is one chain of additions along the depth, or with few rows one for each lane: the same
// arguments give the same bits on the same level, whatever the scratch and the number of workers.
struct Gemm {
  ptrdiff_t rows = 0;
  ptrdiff_t columns = 0;
  ptrdiff_t depth = 0;
  Matrix a;                         // rows x depth
  Matrix b;                         // depth x columns; a linear's weights [columns, depth] have strides {1, depth}.
  const float* packed_b = nullptr;  // Instead of b: what pack_b() wrote.

  // Null: nothing is added, whatever beta is. Strides of 0 broadcast: {bias, 0, 1} adds bias[column], {bias, 1, 0}
  // bias[row], {bias, 0, 0} one number. Must not overlap out, unless it is out itself with the same strides and the
  // scratch suffices.
  Matrix added;
  float alpha = 1;
  float beta = 1;

  float lowest = -__builtin_inff();  // {0, inf} is relu, {0, 6} relu6; NaN stays NaN.
  float highest = __builtin_inff();

  float* out = nullptr;  // Strides as a matrix's: one of both must be 1 to be fast.
  ptrdiff_t out_row_stride = 0;
  ptrdiff_t out_column_stride = 1;
};

// Bytes of scratch that make it fast; 0 if it needs none. With fewer, it packs smaller blocks on the stack.
size_t gemm_scratch(const Gemm& gemm, int workers);

void gemm(const Gemm& gemm, Scratch scratch = {}, const Parallel& parallel = {});

// The layout of packed_b: columns in panels of 16, one row of 16 after the other, zeros behind the last column.
// Element (k, j) is packed[(j / 16 * depth + k) * 16 + j % 16]. The same on every CPU: it may be written at build time.
constexpr ptrdiff_t kPanel = 16;

constexpr ptrdiff_t packed_floats(ptrdiff_t depth, ptrdiff_t columns) {
  return (columns + kPanel - 1) / kPanel * kPanel * depth;
}

void pack_b(const Matrix& b, ptrdiff_t depth, ptrdiff_t columns, float* packed);

}  // namespace etbuild::kernels::math
