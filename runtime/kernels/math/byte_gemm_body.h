// The body of multiply_byte_block: included once for each level, behind its bytes: kStep of them are a Bytes, products
// of those are added to Sums in lanes that `total` adds up. kShift is what `add_products` adds to each byte of a.

// NOLINTBEGIN(misc-definitions-in-headers): no header, but for its name.

namespace etbuild::kernels::math::SIMD {
namespace {

constexpr ptrdiff_t kMostColumns = 64;

// Bytes at the end of a row: zeros behind them.
inline Bytes bytes_at_end(const int8_t* from, ptrdiff_t count) {
  int8_t bytes[kStep] = {};
  for (ptrdiff_t i = 0; i < count; ++i) bytes[i] = from[i];
  return bytes_at(bytes);
}

inline uint32_t sum_of_bytes(const int8_t* from, ptrdiff_t count) {
  uint32_t sum = 0;
  for (ptrdiff_t i = 0; i < count; ++i) sum += static_cast<uint32_t>(static_cast<int32_t>(from[i]));
  return sum;
}

// Without b_offset and bias: sums of (a + a_offset) * b.
template <int kRows, int kColumns>
inline void dot_bytes(const ByteGemm& gemm, ptrdiff_t row, ptrdiff_t column, uint32_t* out, ptrdiff_t out_stride) {
  const int8_t* a = gemm.a + row * gemm.a_row_stride;
  const int8_t* b = gemm.b + column * gemm.b_column_stride;
  Sums sums[kRows][kColumns] = {};
  Sums b_sums[kColumns] = {};
  ptrdiff_t k = 0;
  for (; k < gemm.depth; k += kStep) {
    const ptrdiff_t left = gemm.depth - k;
    Bytes rows[kRows];
    UNROLLED
    for (int r = 0; r < kRows; ++r) {
      const int8_t* from = a + r * gemm.a_row_stride + k;
      rows[r] = left >= kStep ? bytes_at(from) : bytes_at_end(from, left);
    }
    UNROLLED
    for (int c = 0; c < kColumns; ++c) {
      const int8_t* from = b + c * gemm.b_column_stride + k;
      const Bytes columns = left >= kStep ? bytes_at(from) : bytes_at_end(from, left);
      b_sums[c] = add_bytes(b_sums[c], columns);
      UNROLLED
      for (int r = 0; r < kRows; ++r) sums[r][c] = add_products(sums[r][c], rows[r], columns);
    }
  }
  const uint32_t offset = static_cast<uint32_t>(gemm.a_offset) - static_cast<uint32_t>(kShift);
  UNROLLED
  for (int c = 0; c < kColumns; ++c) {
    const uint32_t more = offset * total(b_sums[c]);
    UNROLLED
    for (int r = 0; r < kRows; ++r) out[r * out_stride + c] = total(sums[r][c]) + more;
  }
}

template <int kRows>
inline void multiply_rows(const ByteGemm& gemm, ptrdiff_t row, ptrdiff_t column, ptrdiff_t count) {
  uint32_t sums[kRows][kMostColumns];
  ptrdiff_t c = 0;
  for (; c + 2 <= count; c += 2) dot_bytes<kRows, 2>(gemm, row, column + c, &sums[0][c], kMostColumns);
  for (; c < count; ++c) dot_bytes<kRows, 1>(gemm, row, column + c, &sums[0][c], kMostColumns);
  for (int r = 0; r < kRows; ++r) {
    uint32_t more = 0;
    if (gemm.b_offset != 0) {
      more = sum_of_bytes(gemm.a + (row + r) * gemm.a_row_stride, gemm.depth) +
             static_cast<uint32_t>(gemm.depth) * static_cast<uint32_t>(gemm.a_offset);
      more *= static_cast<uint32_t>(gemm.b_offset);
    }
    int32_t finished[kMostColumns];
    for (ptrdiff_t j = 0; j < count; ++j) {
      const uint32_t bias = gemm.bias == nullptr ? 0 : static_cast<uint32_t>(gemm.bias[column + j]);
      finished[j] = static_cast<int32_t>(sums[r][j] + more + bias);
    }
    gemm.finish(gemm.state, row + r, column, finished, count);
  }
}

}  // namespace

void multiply_byte_block(const ByteGemm& gemm, const ByteBlock& block) {
  for (ptrdiff_t done = 0; done < block.columns; done += kMostColumns) {
    const ptrdiff_t left = block.columns - done;
    const ptrdiff_t count = left < kMostColumns ? left : kMostColumns;
    ptrdiff_t row = 0;
    for (; row + 4 <= block.rows; row += 4) multiply_rows<4>(gemm, block.row + row, block.column + done, count);
    for (; row < block.rows; ++row) multiply_rows<1>(gemm, block.row + row, block.column + done, count);
  }
}

}  // namespace etbuild::kernels::math::SIMD

// NOLINTEND(misc-definitions-in-headers)
