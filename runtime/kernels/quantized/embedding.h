// Rows of a quantized table by their indices: what the embedding operators for 8, 4 and 2 bits share.

#pragma once

#include "arguments.h"

namespace etbuild::kernels::quantized_decomposed {

// How numbers lie in the bytes of a row, and from what they are counted.
enum class Packing {
  kBytes,     // As they are, signed or not.
  kNibbles,   // Two a byte, the first in the higher bits; 8 more than they stand for.
  kQuarters,  // Four a byte, the first in the lowest bits; 2 more than they stand for.
};

// The arguments weight [rows, bytes], weight_scales [rows] or [rows, groups], weight_zero_points (the same, or None),
// weight_quant_min, weight_quant_max and indices (Int or Long) are the first six; `type` is the dtype of the result,
// Undefined: that of the scales. out[..., :] = (row - zero point) * scale, each step rounded to the scales' dtype.
void embed(KernelRuntimeContext& context, Arguments arguments, Packing packing, ScalarType type, Tensor& out);

}  // namespace etbuild::kernels::quantized_decomposed
