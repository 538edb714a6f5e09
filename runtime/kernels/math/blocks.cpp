#include "blocks.h"

#include "blocks_levels.h"
#include "levels.h"
#include "rounding.h"

namespace etbuild::kernels::math {
namespace {

constexpr ptrdiff_t kUnitColumns = 32;

using MultiplyFn = void (*)(const RoundedProduct& product);

MultiplyFn multiply_for_this_cpu() {
#if ET_KERNELS_X86_LEVELS
  if (level() == Level::kAvx512 && __builtin_cpu_supports("avx512vnni")) return avx512::multiply_rounded;
  if (level() >= Level::kAvx2) return avx2::multiply_rounded;
#endif
  return baseline::multiply_rounded;
}

struct Job {
  const BlockProduct* product;
  Rounded* rounded;
  ptrdiff_t row;
  ptrdiff_t rows;
  MultiplyFn multiply;
};

void round_units(void* state, ptrdiff_t begin, ptrdiff_t end, int) {
  const Job& job = *static_cast<Job*>(state);
  const ptrdiff_t blocks = job.product->depth / kBlock;
  for (ptrdiff_t row = begin; row < end; ++row) {
    const float* from = job.product->a + (job.row + row) * job.product->a_row_stride;
    const RowRounding rounding(job.product->format, from, job.product->depth);
    for (ptrdiff_t block = 0; block < blocks; ++block)
      job.rounded[row * blocks + block] = rounding.of(from + block * kBlock);
  }
}

void multiply_units(void* state, ptrdiff_t begin, ptrdiff_t end, int) {
  const Job& job = *static_cast<Job*>(state);
  const BlockProduct& product = *job.product;
  const ptrdiff_t blocks = product.depth / kBlock;
  for (ptrdiff_t unit = begin; unit < end; ++unit) {
    const ptrdiff_t column = unit * kUnitColumns;
    const ptrdiff_t left = product.columns - column;
    job.multiply({job.rows, left < kUnitColumns ? left : kUnitColumns, blocks, job.rounded,
                  static_cast<const uint8_t*>(product.weights) + column * blocks * block_bytes(product.format),
                  product.format, product.bias == nullptr ? nullptr : product.bias + column,
                  product.out + job.row * product.out_row_stride + column, product.out_row_stride,
                  product.scales == nullptr ? nullptr : product.scales + column * (product.depth / product.group),
                  product.group / kBlock});
  }
}

// Without memory: the weights as floats, a block at a time, with rows rounded as ever.
void multiply_slowly(const BlockProduct& product) {
  const ptrdiff_t blocks = product.depth / kBlock;
  const ptrdiff_t bytes = block_bytes(product.format);
  for (ptrdiff_t row = 0; row < product.rows; ++row) {
    float* out = product.out + row * product.out_row_stride;
    const float* from = product.a + row * product.a_row_stride;
    const RowRounding rounding(product.format, from, product.depth);
    for (ptrdiff_t column = 0; column < product.columns; ++column) {
      out[column] = product.bias == nullptr ? 0.0f : product.bias[column];
    }
    for (ptrdiff_t block = 0; block < blocks; ++block) {
      const Rounded a = rounding.of(from + block * kBlock);
      const uint8_t* weights = static_cast<const uint8_t*>(product.weights) + block * bytes;
      for (ptrdiff_t column = 0; column < product.columns; ++column) {
        float weight[kBlock];
        read_blocks(product.format, weights + column * blocks * bytes, weight, kBlock);
        float sum = 0;
        for (ptrdiff_t i = 0; i < kBlock; ++i) sum += weight[i] * static_cast<float>(a.high[i] * 256 + a.low[i]);
        if (product.format == BlockFormat::kInt4)
          sum *= product.scales[(column * blocks + block) * kBlock / product.group];
        out[column] += sum * a.scale;
      }
    }
  }
}

size_t bytes_of_row(const BlockProduct& product) {
  return static_cast<size_t>(product.depth / kBlock) * sizeof(Rounded);
}

}  // namespace

float float_of_half(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  const uint32_t rest = half & 0x7fff;
  uint32_t bits = 0;
  float number = 0;
  if (rest < 0x400) {  // Denormal: so many 2^-24.
    number = static_cast<float>(rest) * 5.9604644775390625e-8f;
    __builtin_memcpy(&bits, &number, sizeof(bits));
  } else {
    bits = rest < 0x7c00 ? (rest << 13) + (112U << 23) : (rest << 13) | (255U << 23);
  }
  bits |= sign;
  __builtin_memcpy(&number, &bits, sizeof(number));
  return number;
}

size_t block_scratch(const BlockProduct& product) {
  return static_cast<size_t>(product.rows) * bytes_of_row(product) + alignof(Rounded);
}

void multiply_blocks(const BlockProduct& product, Scratch scratch, const Parallel& parallel) {
  const size_t bytes = bytes_of_row(product);
  const size_t misaligned =
      (alignof(Rounded) - reinterpret_cast<uintptr_t>(scratch.data) % alignof(Rounded)) % alignof(Rounded);
  if (scratch.data == nullptr || scratch.size < bytes + misaligned) return multiply_slowly(product);
  ptrdiff_t fitting = product.rows;
  if (bytes > 0) fitting = static_cast<ptrdiff_t>((scratch.size - misaligned) / bytes);
  Job job = {&product, reinterpret_cast<Rounded*>(static_cast<char*>(scratch.data) + misaligned), 0, 0,
             multiply_for_this_cpu()};
  for (; job.row < product.rows; job.row += job.rows) {
    job.rows = product.rows - job.row < fitting ? product.rows - job.row : fitting;
    parallel(job.rows, round_units, &job);
    parallel((product.columns + kUnitColumns - 1) / kUnitColumns, multiply_units, &job);
  }
}

void read_blocks(BlockFormat format, const void* blocks, float* to, ptrdiff_t count) {
  const auto* from = static_cast<const uint8_t*>(blocks);
  for (ptrdiff_t at = 0; at < count; at += kBlock, from += block_bytes(format)) {
    const bool has_scale = format != BlockFormat::kInt4;
    const float scale = has_scale ? float_of_half(static_cast<uint16_t>(from[0] | from[1] << 8)) : 1.0f;
    const float least = format == BlockFormat::kQ4_1 ? float_of_half(static_cast<uint16_t>(from[2] | from[3] << 8)) : 0;
    const uint8_t* q = from + (format == BlockFormat::kQ4_1 ? 4 : has_scale ? 2 : 0);
    for (ptrdiff_t i = 0; i < kBlock; ++i) {
      if (format == BlockFormat::kQ8_0) {
        to[at + i] = static_cast<float>(static_cast<int8_t>(q[i])) * scale;
        continue;
      }
      const int nibble = i < kBlock / 2 ? q[i] & 15 : q[i - kBlock / 2] >> 4;
      to[at + i] = static_cast<float>(format == BlockFormat::kQ4_1 ? nibble : nibble - 8) * scale + least;
    }
  }
}

}  // namespace etbuild::kernels::math
