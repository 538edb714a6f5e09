// quantized_add.out(Tensor self, int self_zero_point, int self_multiplier, int self_shift, Tensor other,
//     int other_zero_point, int other_multiplier, int other_shift, int output_zero_point, int output_multiplier,
//     int output_shift, int activation_min, int activation_max, *, Tensor(a!) out): the sum of two int8 tensors, each
// requantized from 20 bits up, requantized and cut to the activation's limits; broadcast.
#include "int8_pairs.h"

namespace etbuild::kernels::cortex_m {
namespace {

Scaled scaled(Arguments arguments, size_t index) {
  return {static_cast<uint32_t>(integer(arguments, index)), static_cast<int32_t>(integer(arguments, index + 1)),
          static_cast<int32_t>(integer(arguments, index + 2))};
}

}  // namespace

void quantized_add_out(KernelRuntimeContext& context, Arguments arguments) {
  Addition by;
  if (!are_arguments(context, arguments, "tiiitiiiiiiiit") || !is_scaling(context, arguments, 2) ||
      !is_scaling(context, arguments, 6) || !is_scaling(context, arguments, 9) ||
      !read_output(context, integer(arguments, 8), integer(arguments, 11), integer(arguments, 12), by.output)) {
    return;
  }
  by.left = scaled(arguments, 1);
  by.right = scaled(arguments, 5);
  by.multiplier = static_cast<int32_t>(integer(arguments, 9));
  by.shift = static_cast<int32_t>(integer(arguments, 10));
  each_pair_run(context, tensor(arguments, 0), tensor(arguments, 4), tensor(arguments, 13),
                [&by](const PairRun& run) { for_runs::add(run, by); });
}

}  // namespace etbuild::kernels::cortex_m
