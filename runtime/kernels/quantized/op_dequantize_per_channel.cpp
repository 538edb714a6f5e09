// dequantize_per_channel.out(Tensor input, Tensor scales, Tensor? zero_points, int axis, int quant_min, int quant_max,
//                            ScalarType dtype, *, ScalarType? out_dtype=None, Tensor(a!) out):
// ((input - zero_points) * scales) as out_dtype, with a scale and a zero point for each index of the dimension `axis`.
#include "affine.h"

namespace etbuild::kernels::quantized_decomposed {

void dequantize_per_channel_out(KernelRuntimeContext& context, Arguments arguments) {
  Range range;
  Parameters parameters;
  if (!are_arguments(context, arguments, "ttoiiiiIt") || !read_range(context, arguments, 4, range)) return;
  const Tensor& input = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 8);
  if (range.type != input.scalar_type() || out.scalar_type() != dtype(arguments, 7, ScalarType::Float)) {
    return context.fail(Error::InvalidArgument);
  }
  if (!per_channel(context, input, tensor(arguments, 1), optional_tensor(arguments, 2), integer(arguments, 3),
                   parameters)) {
    return;
  }
  dequantize(context, input, parameters, promoted_steps(input.scalar_type(), parameters), out);
}

}  // namespace etbuild::kernels::quantized_decomposed
