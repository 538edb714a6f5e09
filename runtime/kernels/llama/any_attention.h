// Attention over a key-value cache in dtypes for which there are no vectors: Half, BFloat16, and int8 with a scale and
// a zero point for each row. Slower than attention.h, and it needs no memory either.

#pragma once

#include "arguments.h"

namespace etbuild::kernels::llama {

// Rows of heads, and what they are quantized by: null if they are not.
struct HeadRows {
  const Tensor& tensor;
  const Tensor* zero_points;  // Char, in the tensor's sizes but for a last one of 1.
  const Tensor* scales;       // Float, in the same.
};

struct AnyAttention {
  HeadRows query, key, value;
  int64_t start;       // The position of the query's first row.
  const Tensor* mask;  // Float [rows, positions], added to the scores of all positions; null: none.
  bool is_causal;      // Each row looks at the positions up to its own; else at those before the last row's.
  double scale;        // Multiplies the scores; 0: 1 / sqrt(head size).
  bool is_seq_third;   // Tensors are [batch, heads, positions, head size]; else [batch, positions, heads, head size].
};

// out = softmax(query x key * scale + mask) x value; Float for int8, else the query's dtype. Several query heads share
// a key-value head. False: the call has failed.
bool attend_any(KernelRuntimeContext& context, const AnyAttention& call, Tensor& out);

}  // namespace etbuild::kernels::llama
