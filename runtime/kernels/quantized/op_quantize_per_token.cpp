// quantize_per_token.out(Tensor input, Tensor scales, Tensor zero_points, int quant_min, int quant_max,
//                        ScalarType dtype, *, Tensor(a!) out): clamp(round(input * (1 / scales) + zero_points)) as
// dtype, with a scale and a zero point for each row of the last dimension.
#include "affine.h"

namespace etbuild::kernels::quantized_decomposed {

void quantize_per_token_out(KernelRuntimeContext& context, Arguments arguments) {
  Range range;
  Parameters parameters;
  if (!are_arguments(context, arguments, "tttiiit") || !read_range(context, arguments, 3, range) ||
      !per_token(context, tensor(arguments, 0), tensor(arguments, 1), tensor(arguments, 2), parameters)) {
    return;
  }
  quantize(context, tensor(arguments, 0), parameters, range, Rounding::kAfterZeroPoint, tensor(arguments, 6));
}

}  // namespace etbuild::kernels::quantized_decomposed
