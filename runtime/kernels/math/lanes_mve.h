// Vectors of 4 floats of Armv8.1-M, for products; they have no denormal numbers. Included once, in front of bodies;
// `lanes_end.h` ends what it begins.

#include <arm_mve.h>

#define SIMD baseline

namespace etbuild::kernels::math::SIMD {
namespace {

constexpr int kLanes = 4;
constexpr int kRegisters = 10;  // Of 8: dot products of one row keep few.
typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));

inline Lanes multiply_add(Lanes a, Lanes b, Lanes c) { return vfmaq_f32(c, a, b); }

// A number that all lanes are multiplied by needs no vector.
inline Lanes multiply_add(float a, Lanes b, Lanes c) { return vfmaq_n_f32(c, b, a); }

// The first 0 < count < kLanes elements; zeros behind them.
inline Lanes load_some(const float* from, ptrdiff_t count) {
  return vldrwq_z_f32(from, vctp32q(static_cast<uint32_t>(count)));
}

inline void store_some(float* to, Lanes lanes, ptrdiff_t count) {
  vstrwq_p_f32(to, lanes, vctp32q(static_cast<uint32_t>(count)));
}

inline Lanes fold(Lanes lanes) { return lanes; }

#define HAS_OWN_CLAMP
inline Lanes clamp(Lanes lanes, float lowest, float highest) {
  const Lanes least = vdupq_n_f32(lowest);  // NaN stays NaN: it is never greater, but "less" is said of it.
  lanes = vpselq_f32(least, lanes, vcmpgtq_f32(least, lanes));
  return vpselq_f32(vdupq_n_f32(highest), lanes, vcmpgtq_n_f32(lanes, highest));
}

}  // namespace
}  // namespace etbuild::kernels::math::SIMD

#include "lanes.h"
