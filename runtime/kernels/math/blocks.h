// Products of floats with weights in blocks, 4 or 8 bits a weight, 32 weights a block: GGUF's, as they are in the file,
// and whole numbers whose scales are elsewhere. It knows no tensors, no operators, no files and no threads.

#pragma once

#include <cstddef>
#include <cstdint>

#include "parallel.h"

namespace etbuild::kernels::math {

// A block holds 32 weights that follow each other in a row. GGUF's begin with a scale d as a half (little endian):
//   Q4_0  18 bytes: d, 16 bytes of q; weight = (q - 8) * d
//   Q4_1  20 bytes: d, a least value m as a half, 16 bytes of q; weight = q * d + m
//   Q8_0  34 bytes: d, 32 signed bytes of q; weight = q * d
//   Int4  16 bytes of q; weight = (q - 8) * the scale of its group, which is of blocks that follow each other
// A byte of 4-bit weights holds weight i in its low half and weight i + 16 in its high half.
enum class BlockFormat : int { kQ4_0, kQ4_1, kQ8_0, kInt4 };

constexpr ptrdiff_t kBlock = 32;

constexpr ptrdiff_t block_bytes(BlockFormat format) {
  return format == BlockFormat::kInt4 ? 16 : format == BlockFormat::kQ4_0 ? 18 : format == BlockFormat::kQ4_1 ? 20 : 34;
}

// out[i, j] = sum over k of a[i, k] * weight[j, k], + bias[j]. Row j of the weights is depth / 32 blocks; they need not
// be aligned. The rows of a are rounded first: with GGUF's blocks to 16 bits, each 32 by their largest; with Int4 to 8
// bits, a row by its least and largest, as torchao's 8da4w does. Results are within that rounding, and the same bits
// for a row whatever is computed beside it. Not finite numbers of a give NaN.
struct BlockProduct {
  ptrdiff_t rows = 0;
  ptrdiff_t columns = 0;
  ptrdiff_t depth = 0;  // A multiple of 32.
  const float* a = nullptr;
  ptrdiff_t a_row_stride = 0;
  const void* weights = nullptr;
  BlockFormat format = BlockFormat::kQ4_0;
  const float* scales = nullptr;  // Of Int4: depth / group a row of weights.
  ptrdiff_t group = kBlock;       // Of Int4: weights that share a scale, a multiple of 32 that divides depth.
  const float* bias = nullptr;    // Null: none.
  float* out = nullptr;
  ptrdiff_t out_row_stride = 0;
};

// Bytes of scratch that make it fast. With fewer, it takes fewer rows at once, or rounds them again and again.
size_t block_scratch(const BlockProduct& product);

void multiply_blocks(const BlockProduct& product, Scratch scratch = {}, const Parallel& parallel = {});

// Writes a row of weights as floats, such as a token's embedding; `count` is a multiple of 32. Int4's are without
// scales.
void read_blocks(BlockFormat format, const void* blocks, float* to, ptrdiff_t count);

// A half's value.
float float_of_half(uint16_t half);

}  // namespace etbuild::kernels::math
