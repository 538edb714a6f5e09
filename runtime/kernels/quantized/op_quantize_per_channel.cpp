// quantize_per_channel.out(Tensor input, Tensor scales, Tensor zero_points, int axis, int quant_min, int quant_max,
//                          ScalarType dtype, *, Tensor(a!) out): as quantize_per_tensor, with a scale and a zero point
// for each index of the dimension `axis`.
#include "affine.h"

namespace etbuild::kernels::quantized_decomposed {

void quantize_per_channel_out(KernelRuntimeContext& context, Arguments arguments) {
  Range range;
  Parameters parameters;
  if (!are_arguments(context, arguments, "tttiiiit") || !read_range(context, arguments, 4, range) ||
      !per_channel(context, tensor(arguments, 0), tensor(arguments, 1), &tensor(arguments, 2), integer(arguments, 3),
                   parameters)) {
    return;
  }
  quantize(context, tensor(arguments, 0), parameters, range, Rounding::kBeforeZeroPoint, tensor(arguments, 7));
}

}  // namespace etbuild::kernels::quantized_decomposed
