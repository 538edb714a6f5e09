// Weights in GGUF's blocks, as an operator is given them: uint8[rows, bytes of a row], and the number of their type.

#pragma once

#include "arguments.h"
#include "blocks.h"

namespace etbuild::kernels::gguf {

// Rows of blocks.
struct BlockTable {
  math::BlockFormat format = math::BlockFormat::kQ4_0;
  const uint8_t* data = nullptr;
  int64_t rows = 0;
  int64_t row_bytes = 0;
  int64_t width = 0;  // Weights a row.
};

// Reads `weight` as blocks of `type`, a number of GGML: 2 is Q4_0, 3 Q4_1, 8 Q8_0. If they are not that, the call has
// failed, with InvalidArgument or, of another type, NotSupported.
bool read_table(KernelRuntimeContext& context, const Tensor& weight, int64_t type, BlockTable& table);

}  // namespace etbuild::kernels::gguf
