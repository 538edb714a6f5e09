// dequantize_per_token.out(Tensor input, Tensor scales, Tensor zero_points, int quant_min, int quant_max,
//                          ScalarType dtype, ScalarType output_dtype, *, Tensor(a!) out):
// ((input - zero_points) * scales) as output_dtype, with a scale and a zero point for each row of the last dimension.
#include "affine.h"

namespace etbuild::kernels::quantized_decomposed {

void dequantize_per_token_out(KernelRuntimeContext& context, Arguments arguments) {
  Parameters parameters;
  if (!are_arguments(context, arguments, "tttiiiit")) return;
  const Tensor& input = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 7);
  if (out.scalar_type() != dtype(arguments, 6, ScalarType::Float)) return context.fail(Error::InvalidArgument);
  if (!per_token(context, input, tensor(arguments, 1), tensor(arguments, 2), parameters)) return;
  dequantize(context, input, parameters, promoted_steps(input.scalar_type(), parameters), out);
}

}  // namespace etbuild::kernels::quantized_decomposed
