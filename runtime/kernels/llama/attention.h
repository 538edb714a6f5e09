// Attention of a few query rows over one head's keys and values, written for the CPU's vectors and chosen at run time.
// It knows no tensors, no operators and no threads.

#pragma once

#include <cstddef>
#include <cstdint>

// As in math/levels.h: 2 takes what the CPU has, 1 what all of its kind have; 0 is small, one row and key at a time.
#ifndef ET_KERNELS_SIMD
#define ET_KERNELS_SIMD 2
#endif

namespace etbuild::kernels::llama {

// One query head: rows that follow each other, and the keys and values that they look at. Rows are `head_dim` floats;
// strides are in floats. The same rows give the same bits whatever is computed beside them.
struct AttentionRows {
  const float* query;
  ptrdiff_t query_stride;
  const float* key;
  const float* value;
  ptrdiff_t cache_stride;  // From a position's key (or value) to the next position's.
  const float* mask;       // Added to the scores; null for none. Row i of the mask belongs to row i of the query.
  ptrdiff_t mask_stride;
  float* out;  // Holds the running sums, so no scratch is needed; must not overlap the inputs.
  ptrdiff_t out_stride;
  int64_t row_count;
  int64_t head_dim;
  int64_t visible;  // Row 0 looks at positions 0 .. visible-1.
  bool is_causal;   // Row i looks at i positions more.
  float scale;      // Multiplies query x key.
};

using AttendFn = void (*)(const AttentionRows& rows);

// out = softmax(query x key * scale + mask) x value, in one pass over the keys. Rows that see nothing become NaN.
void attend_baseline(const AttentionRows& rows);  // 128-bit vectors: SSE2, NEON, or what the compiler makes of them.
void attend_avx2(const AttentionRows& rows);      // 256-bit vectors with fused multiply-add; x86-64 only.

// The fastest of them on this CPU.
AttendFn attend_for_this_cpu();

}  // namespace etbuild::kernels::llama
