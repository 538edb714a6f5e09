// What lines of int8 images share by the vectors of Armv8.1-M: from sums to bytes.

#pragma once

#include <arm_mve.h>

#include "requantize.h"

namespace etbuild::kernels::cortex_m::mve {

// As requantize(), where the multiplier is not negative and the shift within -31 and 0.
inline int32x4_t requantize_narrow(int32x4_t values, int32x4_t multiplier, int32x4_t shift) {
  values = vqrdmulhq_s32(values, multiplier);
  // Halves are rounded up; negative numbers that are shifted lose 1 before that, so that theirs go down.
  values = vaddq_s32(values, vshrq_n_s32(vandq_s32(values, shift), 31));
  return vrshlq_s32(values, shift);
}

// An output's limits, in each lane.
struct Limits {
  explicit Limits(const Output& output)
      : offset(output.offset), least(vdupq_n_s32(output.least)), most(vdupq_n_s32(output.most)) {}

  int32x4_t cut(int32x4_t values) const { return vminq_s32(vmaxq_s32(vaddq_n_s32(values, offset), least), most); }

  int32_t offset;
  int32x4_t least;
  int32x4_t most;
};

}  // namespace etbuild::kernels::cortex_m::mve
