// What a level of instructions does of products of bytes. Private to this folder.

#pragma once

#include "byte_gemm.h"

namespace etbuild::kernels::math {

// Rows and columns of a product that a unit computes.
struct ByteBlock {
  ptrdiff_t row;
  ptrdiff_t rows;
  ptrdiff_t column;
  ptrdiff_t columns;
};

namespace baseline {
void multiply_byte_block(const ByteGemm& gemm, const ByteBlock& block);
}
namespace avx2 {
void multiply_byte_block(const ByteGemm& gemm, const ByteBlock& block);
}
namespace avx512 {
void multiply_byte_block(const ByteGemm& gemm, const ByteBlock& block);  // Needs VNNI, too.
}

}  // namespace etbuild::kernels::math
