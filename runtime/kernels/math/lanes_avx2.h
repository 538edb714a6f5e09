// Vectors of 8 floats with fused multiply-add. Included once, in front of bodies; `lanes_end.h` ends what it begins.
// To the end of the file, nothing below may be inlined into, or merged with, code for older CPUs.

#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif

#define LANES_PUSHED
#define SIMD avx2

namespace etbuild::kernels::math::SIMD {
namespace {

constexpr int kLanes = 8;
constexpr int kRegisters = 16;
typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));

inline Lanes multiply_add(Lanes a, Lanes b, Lanes c) { return _mm256_fmadd_ps(a, b, c); }

inline __m256i first_of(ptrdiff_t count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

// The first 0 < count < kLanes elements; zeros behind them.
inline Lanes load_some(const float* from, ptrdiff_t count) { return _mm256_maskload_ps(from, first_of(count)); }

inline void store_some(float* to, Lanes lanes, ptrdiff_t count) { _mm256_maskstore_ps(to, first_of(count), lanes); }

typedef float Half __attribute__((vector_size(16)));

// Four sums, each of two lanes.
inline Half fold(Lanes lanes) {
  return __builtin_shufflevector(lanes, lanes, 0, 1, 2, 3) + __builtin_shufflevector(lanes, lanes, 4, 5, 6, 7);
}

// Every second element of two vectors that follow each other.
inline Lanes even_of(Lanes low, Lanes high) { return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14); }

inline Lanes odd_of(Lanes low, Lanes high) { return __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15); }

}  // namespace
}  // namespace etbuild::kernels::math::SIMD

#include "lanes.h"
