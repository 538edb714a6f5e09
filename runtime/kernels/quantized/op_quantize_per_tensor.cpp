// quantize_per_tensor.out(Tensor input, float scale, int zero_point, int quant_min, int quant_max, ScalarType dtype, *,
//                         Tensor(a!) out): clamp(round(input * (1 / scale)) + zero_point) as dtype.
// quantize_per_tensor.Tensor_out: the same, with tensors of one element as scale and zero_point.
// Input: Float, Double, Half or BFloat16; dtype: whole, up to 32 bits.
#include "affine.h"

namespace etbuild::kernels::quantized_decomposed {

void quantize_per_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  Range range;
  if (!are_arguments(context, arguments, "tdiiiit") || !read_range(context, arguments, 3, range)) return;
  const double scale = real(arguments, 1);
  const int64_t zero_point = integer(arguments, 2);
  quantize(context, tensor(arguments, 0), per_tensor(scale, zero_point), range, Rounding::kBeforeZeroPoint,
           tensor(arguments, 6));
}

void quantize_per_tensor_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  Range range;
  Parameters parameters;
  if (!are_arguments(context, arguments, "tttiiit") || !read_range(context, arguments, 3, range) ||
      !per_tensor(context, tensor(arguments, 1), tensor(arguments, 2), parameters)) {
    return;
  }
  quantize(context, tensor(arguments, 0), parameters, range, Rounding::kBeforeZeroPoint, tensor(arguments, 6));
}

}  // namespace etbuild::kernels::quantized_decomposed
