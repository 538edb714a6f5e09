// embedding_byte.out(Tensor weight, Tensor weight_scales, Tensor? weight_zero_points, int weight_quant_min,
//     int weight_quant_max, Tensor indices, *, Tensor(a!) out): rows by their indices, dequantized to the scales'
//     dtype.
// embedding_byte.dtype_out(…, Tensor indices, ScalarType? dtype=None, *, Tensor(a!) out): the same, in that dtype.
// Weights are Byte or Char.
#include "embedding.h"

namespace etbuild::kernels::quantized_decomposed {

void embedding_byte_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttoiitt")) return;
  embed(context, arguments, Packing::kBytes, ScalarType::Undefined, tensor(arguments, 6));
}

void embedding_byte_dtype_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttoiitIt")) return;
  embed(context, arguments, Packing::kBytes, dtype(arguments, 6, ScalarType::Undefined), tensor(arguments, 7));
}

}  // namespace etbuild::kernels::quantized_decomposed
