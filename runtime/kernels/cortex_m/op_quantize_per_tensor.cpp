// quantize_per_tensor.out(Tensor input, float scale, int zero_point, int quant_min, int quant_max, ScalarType dtype, *,
//                         Tensor(a!) out): clamp(round(input * (1 / scale)) + zero_point) as dtype, in floats; halves
// are rounded to even. Input: Float, Half or BFloat16; dtype: whole, up to 32 bits.
#include <executorch/runtime/platform/log.h>

#include <type_traits>

#include "elementwise.h"
#include "instructions.h"
#include "rounding.h"
#include "selection.h"
#if ET_INT8_MVE
#include <arm_mve.h>
#endif

namespace etbuild::kernels::cortex_m {
namespace {

using Quantized = Types<int8_t, uint8_t, int16_t, uint16_t, int32_t>;

struct Quantizer {
  float inverse;
  float zero_point;
  float least;
  float most;
};

// NaN becomes the lowest int, cut; what is above all ints the highest of them.
template <typename Element>
Element whole(float value) {
  if (!(value < 2147483648.0f)) return static_cast<Element>(value != value ? INT32_MIN : INT32_MAX);
  return static_cast<Element>(static_cast<int32_t>(value));
}

#if ET_INT8_MVE
void quantize_vectors(const float* from, int8_t* to, ptrdiff_t count, const Quantizer& by) {
  const float32x4_t least = vdupq_n_f32(by.least);
  const float32x4_t most = vdupq_n_f32(by.most);
  for (; count > 0; count -= 4, from += 4, to += 4) {
    const mve_pred16_t some = vctp32q(static_cast<uint32_t>(count));
    float32x4_t values = vmulq_n_f32(vldrwq_z_f32(from, some), by.inverse);
    const mve_pred16_t are_numbers = vcmpeqq_f32(values, values);
    values = vminnmq_f32(vmaxnmq_f32(vaddq_n_f32(vrndnq_f32(values), by.zero_point), least), most);
    // The low byte of the lowest int is 0.
    vstrbq_p_s32(to, vpselq_s32(vcvtq_s32_f32(values), vdupq_n_s32(0), are_numbers), some);
  }
}
#endif

template <typename Element>
void quantize_row(const void* const* inputs, void* out, int64_t count, const void* parameters) {
  const auto& by = *static_cast<const Quantizer*>(parameters);
  const auto* from = static_cast<const float*>(inputs[0]);
  auto* to = static_cast<Element*>(out);
#if ET_INT8_MVE
  // Vectors have no denormal numbers.
  if (std::is_same_v<Element, int8_t> && by.inverse > 1e-30f && by.inverse < 1e30f) {
    return quantize_vectors(from, static_cast<int8_t*>(out), static_cast<ptrdiff_t>(count), by);
  }
#endif
  for (int64_t at = 0; at < count; ++at) {
    float value = round_half_even(from[at] * by.inverse) + by.zero_point;
    value = value < by.least ? by.least : value;
    to[at] = whole<Element>(value > by.most ? by.most : value);
  }
}

template <typename Element>
bool holds(int64_t least, int64_t most) {
  constexpr bool kIsSigned = static_cast<Element>(-1) < Element(0);
  constexpr int64_t kCount = int64_t{1} << (8 * sizeof(Element));
  return least >= (kIsSigned ? -kCount / 2 : 0) && most < (kIsSigned ? kCount / 2 : kCount);
}

}  // namespace

void quantize_per_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tdiiiit")) return;
  const Operand input(tensor(arguments, 0));
  Tensor& out = tensor(arguments, 6);
  const int64_t least = integer(arguments, 3);
  const int64_t most = integer(arguments, 4);
  const auto type = dtype(arguments, 5, ScalarType::Char);
  Row row = nullptr;
  bool fits = false;
  visit(type, Quantized(), [&](auto element) {
    row = quantize_row<decltype(element)>;
    fits = holds<decltype(element)>(least, most);
  });
  if ((row != nullptr && !fits) || out.scalar_type() != type || computed_in(input.type) != ScalarType::Float) {
    ET_LOG(Error, "Floats must be quantized to a dtype that holds the limits, and that the output has");
    return context.fail(Error::InvalidArgument);
  }
  const Quantizer by = {static_cast<float>(1.0 / real(arguments, 1)), static_cast<float>(integer(arguments, 2)),
                        static_cast<float>(least), static_cast<float>(most)};
  compute(context, {&input, 1, ScalarType::Float, type, row, &by}, out);
}

}  // namespace etbuild::kernels::cortex_m
