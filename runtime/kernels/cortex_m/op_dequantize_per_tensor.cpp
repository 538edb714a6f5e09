// dequantize_per_tensor.out(Tensor input, float scale, int zero_point, int quant_min, int quant_max, ScalarType dtype,
//                           *, Tensor(a!) out): (input - zero_point) * scale, in floats. Input: whole, up to 32 bits,
//                           of
// the dtype named; output: Float.
#include <executorch/runtime/platform/log.h>

#include "elementwise.h"
#include "selection.h"

namespace etbuild::kernels::cortex_m {
namespace {

using Quantized = Types<int8_t, uint8_t, int16_t, uint16_t, int32_t>;

struct Dequantizer {
  float zero_point;
  float scale;
};

template <typename Element>
void dequantize_row(const void* const* inputs, void* out, int64_t count, const void* parameters) {
  const auto& by = *static_cast<const Dequantizer*>(parameters);
  const auto* from = static_cast<const Element*>(inputs[0]);
  auto* to = static_cast<float*>(out);
  for (int64_t at = 0; at < count; ++at) to[at] = (static_cast<float>(from[at]) - by.zero_point) * by.scale;
}

}  // namespace

void dequantize_per_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tdiiiit")) return;
  const Operand input(tensor(arguments, 0));
  Tensor& out = tensor(arguments, 6);
  if (dtype(arguments, 5, ScalarType::Char) != input.type || out.scalar_type() != ScalarType::Float) {
    ET_LOG(Error, "A tensor of the dtype that is named must be dequantized to Float");
    return context.fail(Error::InvalidArgument);
  }
  Row row = nullptr;
  visit(input.type, Quantized(), [&](auto element) { row = dequantize_row<decltype(element)>; });
  const Dequantizer by = {static_cast<float>(integer(arguments, 2)), static_cast<float>(real(arguments, 1))};
  compute(context, {&input, 1, input.type, ScalarType::Float, row, &by}, out);
}

}  // namespace etbuild::kernels::cortex_m
