// quantized_mul.out(Tensor self, int self_zero_point, Tensor other, int other_zero_point, int output_zero_point,
//     int output_multiplier, int output_shift, *, Tensor(a!) out): the product of two int8 tensors without their zero
// points, requantized; broadcast.
#include "int8_pairs.h"

namespace etbuild::kernels::cortex_m {

void quantized_mul_out(KernelRuntimeContext& context, Arguments arguments) {
  Output output;
  if (!are_arguments(context, arguments, "titiiiit") || !is_scaling(context, arguments, 5) ||
      !read_output(context, integer(arguments, 4), -128, 127, output)) {
    return;
  }
  const auto self_zero = static_cast<uint32_t>(integer(arguments, 1));
  const auto other_zero = static_cast<uint32_t>(integer(arguments, 3));
  const auto multiplier = static_cast<int32_t>(integer(arguments, 5));
  const auto shift = static_cast<int32_t>(integer(arguments, 6));
  each_pair(context, tensor(arguments, 0), tensor(arguments, 2), tensor(arguments, 7), [&](int8_t left, int8_t right) {
    const uint32_t product = (static_cast<uint32_t>(left) - self_zero) * (static_cast<uint32_t>(right) - other_zero);
    return output.of(static_cast<int32_t>(product), multiplier, shift);
  });
}

}  // namespace etbuild::kernels::cortex_m
