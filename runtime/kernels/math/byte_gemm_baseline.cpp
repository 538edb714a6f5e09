// Products of bytes by what every CPU of its kind has: NEON, with or without dot products, RISC-V's vectors, or plain
// loops.

#if defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#include "byte_gemm_levels.h"

#define UNROLLED
#define SIMD baseline

namespace etbuild::kernels::math::SIMD {
namespace {

constexpr int32_t kShift = 0;

#if defined(__ARM_NEON)

constexpr ptrdiff_t kStep = 16;
using Bytes = int8x16_t;
using Sums = int32x4_t;

inline Bytes bytes_at(const int8_t* from) { return vld1q_s8(from); }

inline Sums add_products(Sums sums, Bytes a, Bytes b) {
#if defined(__ARM_FEATURE_DOTPROD)
  return vdotq_s32(sums, a, b);
#else
  sums = vpadalq_s16(sums, vmull_s8(vget_low_s8(a), vget_low_s8(b)));
  return vpadalq_s16(sums, vmull_s8(vget_high_s8(a), vget_high_s8(b)));
#endif
}

inline Sums add_bytes(Sums sums, Bytes b) { return vpadalq_s16(sums, vpaddlq_s8(b)); }

inline uint32_t total(Sums sums) {
  const uint32x4_t lanes = vreinterpretq_u32_s32(sums);
  return vgetq_lane_u32(lanes, 0) + vgetq_lane_u32(lanes, 1) + vgetq_lane_u32(lanes, 2) + vgetq_lane_u32(lanes, 3);
}

#elif defined(__riscv_v)

constexpr ptrdiff_t kStep = 8;
typedef int8_t Bytes __attribute__((vector_size(8)));
typedef int16_t Products __attribute__((vector_size(16)));
typedef int32_t Sums __attribute__((vector_size(32)));  // Two registers.

inline Bytes bytes_at(const int8_t* from) {
  Bytes bytes;
  __builtin_memcpy(&bytes, from, sizeof(bytes));
  return bytes;
}

inline Sums add_products(Sums sums, Bytes a, Bytes b) {
  const Products products = __builtin_convertvector(a, Products) * __builtin_convertvector(b, Products);
  return sums + __builtin_convertvector(products, Sums);
}

inline Sums add_bytes(Sums sums, Bytes b) { return sums + __builtin_convertvector(b, Sums); }

inline uint32_t total(Sums sums) {
  uint32_t total = 0;
  for (int lane = 0; lane < 8; ++lane) total += static_cast<uint32_t>(sums[lane]);
  return total;
}

#else

constexpr ptrdiff_t kStep = 1;
using Bytes = int32_t;
using Sums = uint32_t;

inline Bytes bytes_at(const int8_t* from) { return *from; }

inline Sums add_products(Sums sums, Bytes a, Bytes b) { return sums + static_cast<uint32_t>(a * b); }

inline Sums add_bytes(Sums sums, Bytes b) { return sums + static_cast<uint32_t>(b); }

inline uint32_t total(Sums sums) { return sums; }

#endif

}  // namespace
}  // namespace etbuild::kernels::math::SIMD

#include "byte_gemm_body.h"
