// Products with GGUF's blocks by what every CPU of its kind has: NEON, with or without dot products, or plain loops.

#if defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#include "blocks_levels.h"

#define UNROLLED
#define SIMD baseline

namespace etbuild::kernels::math::SIMD {
namespace {

inline float half_to_float(uint16_t half) { return float_of_half(half); }

#if defined(__ARM_NEON)

using Bytes = int8x16x2_t;
using Dots = float32x4_t;

inline Bytes bytes_at(const int8_t* from) { return {{vld1q_s8(from), vld1q_s8(from + 16)}}; }

inline Bytes nibbles_at(const uint8_t* from) {
  const uint8x16_t pairs = vld1q_u8(from);
  return {{vreinterpretq_s8_u8(vandq_u8(pairs, vdupq_n_u8(15))), vreinterpretq_s8_u8(vshrq_n_u8(pairs, 4))}};
}

inline int32x4_t sums_of_products(Bytes q, Bytes a) {
#if defined(__ARM_FEATURE_DOTPROD)
  return vdotq_s32(vdotq_s32(vdupq_n_s32(0), q.val[0], a.val[0]), q.val[1], a.val[1]);
#else
  int32x4_t sums = vdupq_n_s32(0);
  for (int i = 0; i < 2; ++i) {
    sums = vpadalq_s16(sums, vmull_s8(vget_low_s8(q.val[i]), vget_low_s8(a.val[i])));
    sums = vpadalq_s16(sums, vmull_s8(vget_high_s8(q.val[i]), vget_high_s8(a.val[i])));
  }
  return sums;
#endif
}

inline Dots dot_signed(Bytes q, Bytes high, Bytes low) {
  return vcvtq_f32_s32(vaddq_s32(vshlq_n_s32(sums_of_products(q, high), 8), sums_of_products(q, low)));
}

inline Dots dot_unsigned(Bytes q, Bytes high, Bytes low) { return dot_signed(q, high, low); }  // No sign to lose.

inline Dots add_scaled(Dots sums, Dots dots, float scale) { return vmlaq_n_f32(sums, dots, scale); }

inline float total(Dots sums) {
  return (vgetq_lane_f32(sums, 0) + vgetq_lane_f32(sums, 2)) + (vgetq_lane_f32(sums, 1) + vgetq_lane_f32(sums, 3));
}

#else

struct Bytes {
  int8_t at[kBlock];
};
using Dots = float;

inline Bytes bytes_at(const int8_t* from) {
  Bytes bytes;
  __builtin_memcpy(bytes.at, from, sizeof(bytes.at));
  return bytes;
}

inline Bytes nibbles_at(const uint8_t* from) {
  Bytes bytes;
  for (ptrdiff_t i = 0; i < kBlock / 2; ++i) {
    bytes.at[i] = static_cast<int8_t>(from[i] & 15);
    bytes.at[i + kBlock / 2] = static_cast<int8_t>(from[i] >> 4);
  }
  return bytes;
}

inline Dots dot_signed(const Bytes& q, const Bytes& high, const Bytes& low) {
  int32_t sum = 0;
  for (ptrdiff_t i = 0; i < kBlock; ++i) sum += q.at[i] * (high.at[i] * 256 + low.at[i]);
  return static_cast<float>(sum);
}

inline Dots dot_unsigned(const Bytes& q, const Bytes& high, const Bytes& low) { return dot_signed(q, high, low); }

inline Dots add_scaled(Dots sums, Dots dots, float scale) { return sums + dots * scale; }

inline float total(Dots sums) { return sums; }

#endif

}  // namespace
}  // namespace etbuild::kernels::math::SIMD

#include "blocks_body.h"
