// Products of matrices of signed bytes in 32-bit integers: the inside of quantized linear and pointwise convolutions.
// It knows no tensors, no operators and no threads.

#pragma once

#include <cstddef>
#include <cstdint>

#include "parallel.h"

namespace etbuild::kernels::math {

// What is done with sums: those of `row`, from `column` on. Called once for each element, by workers at once.
using FinishSumsFn = void (*)(void* state, ptrdiff_t row, ptrdiff_t column, const int32_t* sums, ptrdiff_t count);

// sum[i, j] = sum over k of (a[i, k] + a_offset) * (b[j, k] + b_offset), + bias[j]: exact, modulo 2^32. Both operands
// are contiguous along the depth, as a linear's input and weights are. It needs no scratch, and gives the same on all
// levels.
struct ByteGemm {
  ptrdiff_t rows = 0;
  ptrdiff_t columns = 0;
  ptrdiff_t depth = 0;
  const int8_t* a = nullptr;
  ptrdiff_t a_row_stride = 0;
  const int8_t* b = nullptr;
  ptrdiff_t b_column_stride = 0;
  int32_t a_offset = 0;  // The zero point's negative.
  int32_t b_offset = 0;
  const int32_t* bias = nullptr;  // Null: none.
  FinishSumsFn finish = nullptr;
  void* state = nullptr;
};

void multiply_bytes(const ByteGemm& gemm, const Parallel& parallel = {});

}  // namespace etbuild::kernels::math
