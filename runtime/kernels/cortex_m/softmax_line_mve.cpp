// Softmax of int8 lines by the vectors of Armv8.1-M.

#include "softmax_line.h"

#if ET_INT8_MVE
#include <arm_mve.h>

namespace etbuild::kernels::cortex_m::mve {
namespace {

inline float32x4_t exp_of(float32x4_t x) {
  using By = Exponential;
  const float32x4_t kept = vmaxnmq_f32(x, vdupq_n_f32(By::kLeast));
  const float32x4_t power = vsubq_n_f32(vaddq_n_f32(vmulq_n_f32(kept, By::kToPower), By::kToInteger), By::kToInteger);
  const float32x4_t rest = vsubq_f32(vsubq_f32(kept, vmulq_n_f32(power, By::kHigh)), vmulq_n_f32(power, By::kLow));
  float32x4_t series = vdupq_n_f32(By::kSeries[0]);
  for (int at = 1; at < By::kTerms; ++at) series = vaddq_n_f32(vmulq_f32(series, rest), By::kSeries[at]);
  const float32x4_t result = vaddq_n_f32(vaddq_f32(vmulq_f32(vmulq_f32(rest, rest), series), rest), 1.0f);
  const int32x4_t bits = vaddq_s32(vreinterpretq_s32_f32(result), vshlq_n_s32(vcvtq_s32_f32(power), 23));
  return vreinterpretq_f32_s32(bits);
}

int32_t greatest_of(const int8_t* from, ptrdiff_t count) {
  int32_t most = -128;
  for (; count > 0; count -= 16, from += 16) {
    const mve_pred16_t some = vctp8q(static_cast<uint32_t>(count));
    most = vmaxvq_p_s8(static_cast<int8_t>(most), vldrbq_z_s8(from, some), some);
  }
  return most;
}

inline float32x4_t weights_of(const SoftmaxLine& line, const int8_t* from, float greatest, mve_pred16_t some) {
  const float32x4_t elements = vcvtq_f32_s32(vldrbq_z_s32(from, some));
  return exp_of(vsubq_n_f32(vmulq_n_f32(vsubq_n_f32(elements, line.zero_point), line.scale), greatest));
}

}  // namespace

void write_softmax(const SoftmaxLine& given) {
  const SoftmaxLine line = given;
  // Vectors have no denormal numbers.
  if (line.from_step != 1 || line.to_step != 1 || !(line.scale > 1e-30f)) return plain::write_softmax(line);
  const float greatest = (static_cast<float>(greatest_of(line.from, line.count)) - line.zero_point) * line.scale;
  float32x4_t sums = vdupq_n_f32(0);
  for (ptrdiff_t at = 0; at < line.count; at += 4) {
    const mve_pred16_t some = vctp32q(static_cast<uint32_t>(line.count - at));
    sums = vaddq_m_f32(sums, sums, weights_of(line, line.from + at, greatest, some), some);
  }
  const float sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  for (ptrdiff_t at = 0; at < line.count; at += 4) {
    const mve_pred16_t some = vctp32q(static_cast<uint32_t>(line.count - at));
    float32x4_t shares = weights_of(line, line.from + at, greatest, some);
    shares = float32x4_t{shares[0] / sum, shares[1] / sum, shares[2] / sum, shares[3] / sum};
    const float32x4_t values = vsubq_n_f32(vrndnq_f32(vmulq_n_f32(shares, 256.0f)), 128.0f);
    vstrbq_p_s32(line.to + at, vcvtq_s32_f32(vminnmq_f32(values, vdupq_n_f32(127.0f))), some);
  }
}

}  // namespace etbuild::kernels::cortex_m::mve
#endif
