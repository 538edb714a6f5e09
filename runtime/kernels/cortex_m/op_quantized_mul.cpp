// quantized_mul.out(Tensor self, int self_zero_point, Tensor other, int other_zero_point, int output_zero_point,
//     int output_multiplier, int output_shift, *, Tensor(a!) out): the product of two int8 tensors without their zero
// points, requantized; broadcast.
#include "int8_pairs.h"

namespace etbuild::kernels::cortex_m {

void quantized_mul_out(KernelRuntimeContext& context, Arguments arguments) {
  Multiplication by;
  if (!are_arguments(context, arguments, "titiiiit") || !is_scaling(context, arguments, 5) ||
      !read_output(context, integer(arguments, 4), -128, 127, by.output)) {
    return;
  }
  by.left_zero = static_cast<uint32_t>(integer(arguments, 1));
  by.right_zero = static_cast<uint32_t>(integer(arguments, 3));
  by.multiplier = static_cast<int32_t>(integer(arguments, 5));
  by.shift = static_cast<int32_t>(integer(arguments, 6));
  each_pair_run(context, tensor(arguments, 0), tensor(arguments, 2), tensor(arguments, 7),
                [&by](const PairRun& run) { for_runs::multiply(run, by); });
}

}  // namespace etbuild::kernels::cortex_m
