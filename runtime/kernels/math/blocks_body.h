// The body of multiply_rounded: included once for each level, behind its bytes: Bytes holds 32 of them, Dots sums of
// their products with 256 * high + low as floats, in lanes that `total` adds up.

// NOLINTBEGIN(misc-definitions-in-headers): no header, but for its name.

namespace etbuild::kernels::math::SIMD {
namespace {

inline float half_at(const uint8_t* from) {
  uint16_t half;
  __builtin_memcpy(&half, from, sizeof(half));
  return half_to_float(half);
}

// The dot products of kRows rows with kColumns columns of weights.
template <BlockFormat kFormat, int kRows, int kColumns>
inline void dot_blocks(const RoundedProduct& product, ptrdiff_t row, ptrdiff_t column) {
  constexpr ptrdiff_t kBytes = block_bytes(kFormat);
  // Bytes. Columns are read in turns, which processors do not foresee by themselves.
  constexpr ptrdiff_t kAhead = 4096;
  const uint8_t* weights = product.weights + column * product.blocks * kBytes;
  const Rounded* a = product.a + row * product.blocks;
  Dots sums[kRows][kColumns] = {};
  float rests[kRows][kColumns] = {};
  const ptrdiff_t groups = kFormat == BlockFormat::kInt4 ? product.blocks / product.group_blocks : 0;
  const float* scales = product.scales + column * groups;
  ptrdiff_t left_of_group = product.group_blocks;
  for (ptrdiff_t block = 0; block < product.blocks; ++block) {
    UNROLLED
    for (int c = 0; c < kColumns; ++c) {
      const uint8_t* from = weights + (c * product.blocks + block) * kBytes;
      __builtin_prefetch(from + kAhead);
      float scale = 0;
      if constexpr (kFormat == BlockFormat::kInt4) {
        scale = scales[c * groups];
      } else {
        scale = half_at(from);
      }
      float least = 0;
      Bytes q;
      if constexpr (kFormat == BlockFormat::kQ8_0) {
        q = bytes_at(reinterpret_cast<const int8_t*>(from + 2));
      } else if constexpr (kFormat == BlockFormat::kQ4_1) {
        q = nibbles_at(from + 4);
        least = half_at(from + 2);
      } else {
        q = nibbles_at(from + (kFormat == BlockFormat::kInt4 ? 0 : 2));
        least = -8.0f * scale;
      }
      UNROLLED
      for (int r = 0; r < kRows; ++r) {
        const Rounded& rounded = a[r * product.blocks + block];
        const Bytes high = bytes_at(rounded.high), low = bytes_at(rounded.low);
        const Dots dots = kFormat == BlockFormat::kQ8_0 ? dot_signed(q, high, low) : dot_unsigned(q, high, low);
        sums[r][c] = add_scaled(sums[r][c], dots, scale * rounded.scale);
        if constexpr (kFormat != BlockFormat::kQ8_0) rests[r][c] += least * rounded.sum;
      }
    }
    if constexpr (kFormat == BlockFormat::kInt4) {
      if (--left_of_group == 0) {
        ++scales;
        left_of_group = product.group_blocks;
      }
    }
  }
  UNROLLED
  for (int r = 0; r < kRows; ++r) {
    UNROLLED
    for (int c = 0; c < kColumns; ++c) {
      float sum = total(sums[r][c]) + rests[r][c];
      if (product.bias != nullptr) sum += product.bias[column + c];
      product.out[(row + r) * product.out_row_stride + column + c] = sum;
    }
  }
}

template <BlockFormat kFormat>
void multiply_format(const RoundedProduct& product) {
  ptrdiff_t column = 0;
  if (product.rows == 1) {
    for (; column + 4 <= product.columns; column += 4) dot_blocks<kFormat, 1, 4>(product, 0, column);
  }
  for (; column + 2 <= product.columns; column += 2) {
    ptrdiff_t row = 0;
    for (; row + 4 <= product.rows; row += 4) dot_blocks<kFormat, 4, 2>(product, row, column);
    for (; row < product.rows; ++row) dot_blocks<kFormat, 1, 2>(product, row, column);
  }
  for (; column < product.columns; ++column) {
    for (ptrdiff_t row = 0; row < product.rows; ++row) dot_blocks<kFormat, 1, 1>(product, row, column);
  }
}

}  // namespace

void multiply_rounded(const RoundedProduct& product) {
  switch (product.format) {
    case BlockFormat::kQ4_0:
      return multiply_format<BlockFormat::kQ4_0>(product);
    case BlockFormat::kQ4_1:
      return multiply_format<BlockFormat::kQ4_1>(product);
    case BlockFormat::kQ8_0:
      return multiply_format<BlockFormat::kQ8_0>(product);
    case BlockFormat::kInt4:
      return multiply_format<BlockFormat::kInt4>(product);
  }
}

}  // namespace etbuild::kernels::math::SIMD

// NOLINTEND(misc-definitions-in-headers)
