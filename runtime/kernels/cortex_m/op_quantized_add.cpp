// quantized_add.out(Tensor self, int self_zero_point, int self_multiplier, int self_shift, Tensor other,
//     int other_zero_point, int other_multiplier, int other_shift, int output_zero_point, int output_multiplier,
//     int output_shift, int activation_min, int activation_max, *, Tensor(a!) out): the sum of two int8 tensors, each
// requantized from 20 bits up, requantized and cut to the activation's limits; broadcast.
#include "int8_pairs.h"

namespace etbuild::kernels::cortex_m {
namespace {

struct Scaled {
  uint32_t zero_point;
  int32_t multiplier;
  int32_t shift;

  uint32_t of(int8_t value) const {
    const uint32_t moved = (static_cast<uint32_t>(value) - zero_point) << 20;
    return static_cast<uint32_t>(requantize(static_cast<int32_t>(moved), multiplier, shift));
  }
};

Scaled scaled(Arguments arguments, size_t index) {
  return {static_cast<uint32_t>(integer(arguments, index)), static_cast<int32_t>(integer(arguments, index + 1)),
          static_cast<int32_t>(integer(arguments, index + 2))};
}

}  // namespace

void quantized_add_out(KernelRuntimeContext& context, Arguments arguments) {
  Output output;
  if (!are_arguments(context, arguments, "tiiitiiiiiiiit") || !is_scaling(context, arguments, 2) ||
      !is_scaling(context, arguments, 6) || !is_scaling(context, arguments, 9) ||
      !read_output(context, integer(arguments, 8), integer(arguments, 11), integer(arguments, 12), output)) {
    return;
  }
  const Scaled self = scaled(arguments, 1);
  const Scaled other = scaled(arguments, 5);
  const auto multiplier = static_cast<int32_t>(integer(arguments, 9));
  const auto shift = static_cast<int32_t>(integer(arguments, 10));
  each_pair(context, tensor(arguments, 0), tensor(arguments, 4), tensor(arguments, 13), [&](int8_t left, int8_t right) {
    return output.of(static_cast<int32_t>(self.of(left) + other.of(right)), multiplier, shift);
  });
}

}  // namespace etbuild::kernels::cortex_m
