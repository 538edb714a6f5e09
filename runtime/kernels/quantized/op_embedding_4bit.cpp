// embedding_4bit.out(Tensor weight, Tensor weight_scales, Tensor? weight_zero_points, int weight_quant_min,
//     int weight_quant_max, Tensor indices, *, Tensor(a!) out): rows by their indices, dequantized to the scales'
//     dtype.
// embedding_4bit.dtype_out(…, Tensor indices, ScalarType? dtype=None, *, Tensor(a!) out): the same, in that dtype.
// Weights are Byte, two numbers of -8 .. 7 each.
#include "embedding.h"

namespace etbuild::kernels::quantized_decomposed {

void embedding_4bit_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttoiitt")) return;
  embed(context, arguments, Packing::kNibbles, ScalarType::Undefined, tensor(arguments, 6));
}

void embedding_4bit_dtype_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttoiitIt")) return;
  embed(context, arguments, Packing::kNibbles, dtype(arguments, 6, ScalarType::Undefined), tensor(arguments, 7));
}

}  // namespace etbuild::kernels::quantized_decomposed
