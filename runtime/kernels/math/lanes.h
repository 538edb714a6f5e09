// What bodies do with vectors, whatever their width: included by `lanes_….h`, which says what SIMD, Lanes and kLanes
// are. Everything is in an unnamed namespace: code for a wider CPU must not be merged with code for a narrower one.

// The sums of a tile stay in registers only if the loops over them are gone; clang sees to that by itself.
#if defined(__clang__)
#define UNROLLED
#else
#define UNROLLED _Pragma("GCC unroll 16")
#endif

namespace etbuild::kernels::math::SIMD {
namespace {

typedef int32_t IntLanes __attribute__((vector_size(kLanes * sizeof(int32_t))));

inline Lanes splat(float value) { return value - Lanes{}; }

inline Lanes load(const float* from) {
  Lanes lanes;
  __builtin_memcpy(&lanes, from, sizeof(lanes));
  return lanes;
}

inline void store(float* to, Lanes lanes) { __builtin_memcpy(to, &lanes, sizeof(lanes)); }

inline Lanes load_up_to(const float* from, ptrdiff_t count) {
  return count >= kLanes ? load(from) : load_some(from, count);
}

inline void store_up_to(float* to, Lanes lanes, ptrdiff_t count) {
  if (count >= kLanes) {
    store(to, lanes);
  } else {
    store_some(to, lanes, count);
  }
}

template <typename Four>
inline float sum_of_four(Four four) {
  if constexpr (sizeof(Four) == sizeof(float)) {
    return four[0];
  } else {
    return (four[0] + four[2]) + (four[1] + four[3]);
  }
}

inline float sum_of(Lanes lanes) { return sum_of_four(fold(lanes)); }

#ifndef HAS_OWN_CLAMP
inline Lanes clamp(Lanes lanes, float lowest, float highest) {
  const Lanes least = splat(lowest);
  const Lanes most = splat(highest);
  lanes = lanes < least ? least : lanes;  // NaN stays NaN.
  return lanes > most ? most : lanes;
}
#endif

}  // namespace
}  // namespace etbuild::kernels::math::SIMD
