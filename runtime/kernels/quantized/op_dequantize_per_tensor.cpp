// dequantize_per_tensor.out(Tensor input, float scale, int zero_point, int quant_min, int quant_max, ScalarType dtype,
// *,
//                           ScalarType? out_dtype=None, Tensor(a!) out): (input as out_dtype - zero_point) * scale.
// dequantize_per_tensor.Tensor_out: the same, with tensors of one element as scale and zero_point.
// Input: whole, up to 32 bits, of the dtype named; out_dtype: Float (also if None), Double, Half or BFloat16.
#include "affine.h"

namespace etbuild::kernels::quantized_decomposed {
namespace {

void dequantize_to(KernelRuntimeContext& context, Arguments arguments, const Parameters& parameters) {
  const Tensor& input = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 7);
  const ScalarType type = dtype(arguments, 6, ScalarType::Float);
  if (out.scalar_type() != type || dtype(arguments, 5, ScalarType::Char) != input.scalar_type()) {
    return context.fail(Error::InvalidArgument);
  }
  dequantize(context, input, parameters, {type, type}, out);
}

}  // namespace

void dequantize_per_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tdiiiiIt")) return;
  const double scale = real(arguments, 1);
  const int64_t zero_point = integer(arguments, 2);
  dequantize_to(context, arguments, per_tensor(scale, zero_point));
}

void dequantize_per_tensor_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  Parameters parameters;
  if (!are_arguments(context, arguments, "tttiiiIt")) return;
  if (per_tensor(context, tensor(arguments, 1), tensor(arguments, 2), parameters)) {
    dequantize_to(context, arguments, parameters);
  }
}

}  // namespace etbuild::kernels::quantized_decomposed
