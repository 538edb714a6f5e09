// Vectors of 4 floats where every CPU of its kind has them, of one float elsewhere. Included once, in front of bodies;
// `lanes_end.h` ends what it begins.

#if defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#define SIMD baseline

namespace etbuild::kernels::math::SIMD {
namespace {

#if defined(__SSE2__) || defined(__ARM_NEON) || defined(__wasm_simd128__) || defined(__ALTIVEC__) || defined(__riscv_v)
constexpr int kLanes = 4;
#else
constexpr int kLanes = 1;
#endif
#if defined(__aarch64__) || defined(__riscv_v)
constexpr int kRegisters = 32;
#else
constexpr int kRegisters = 16;
#endif
typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));

inline Lanes multiply_add(Lanes a, Lanes b, Lanes c) {
#if defined(__ARM_NEON) && defined(__aarch64__)
  return vfmaq_f32(c, a, b);
#elif defined(__ARM_NEON)
  return vmlaq_f32(c, a, b);  // Plain arithmetic GCC would do without NEON, which flushes denormal numbers.
#else
#if defined(__riscv_v) && defined(__clang__)
#pragma clang fp contract(on)  // All vectors of RISC-V have a fused addition.
#endif
  return a * b + c;
#endif
}

// The first 0 < count < kLanes elements; zeros behind them.
inline Lanes load_some(const float* from, ptrdiff_t count) {
  Lanes lanes = {};
  for (int lane = 0; lane < kLanes; ++lane) lanes[lane] = lane < count ? from[lane] : 0.0f;
  return lanes;
}

inline void store_some(float* to, Lanes lanes, ptrdiff_t count) {
  for (int lane = 0; lane < kLanes; ++lane) {
    if (lane < count) to[lane] = lanes[lane];
  }
}

inline Lanes fold(Lanes lanes) { return lanes; }

// Every second element of two vectors that follow each other.
inline Lanes even_of(Lanes low, Lanes high) {
  Lanes lanes = {};
  for (int lane = 0; 2 * lane < kLanes; ++lane) {
    lanes[lane] = low[2 * lane];
    lanes[kLanes / 2 + lane] = high[2 * lane];
  }
  return lanes;
}

inline Lanes odd_of(Lanes low, Lanes high) {
  Lanes lanes = {};
  for (int lane = 0; 2 * lane + 1 < kLanes; ++lane) {
    lanes[lane] = low[2 * lane + 1];
    lanes[kLanes / 2 + lane] = high[2 * lane + 1];
  }
  return lanes;
}

}  // namespace
}  // namespace etbuild::kernels::math::SIMD

#include "lanes.h"
