// Vectors of 16 floats. Included once, in front of bodies; `lanes_end.h` ends what it begins.
// To the end of the file, nothing below may be inlined into, or merged with, code for older CPUs.

#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), \
                             apply_to = function)
#else
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")
#endif

#define LANES_PUSHED
#define SIMD avx512

namespace etbuild::kernels::math::SIMD {
namespace {

constexpr int kLanes = 16;
constexpr int kRegisters = 32;
typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));

inline Lanes multiply_add(Lanes a, Lanes b, Lanes c) { return _mm512_fmadd_ps(a, b, c); }

inline __mmask16 first_of(ptrdiff_t count) { return static_cast<__mmask16>((1U << count) - 1); }

// The first 0 < count < kLanes elements; zeros behind them.
inline Lanes load_some(const float* from, ptrdiff_t count) { return _mm512_maskz_loadu_ps(first_of(count), from); }

inline void store_some(float* to, Lanes lanes, ptrdiff_t count) { _mm512_mask_storeu_ps(to, first_of(count), lanes); }

typedef float Half __attribute__((vector_size(32)));
typedef float Quarter __attribute__((vector_size(16)));

// Four sums, each of four lanes.
inline Quarter fold(Lanes lanes) {
  const Half half = __builtin_shufflevector(lanes, lanes, 0, 1, 2, 3, 4, 5, 6, 7) +
                    __builtin_shufflevector(lanes, lanes, 8, 9, 10, 11, 12, 13, 14, 15);
  return __builtin_shufflevector(half, half, 0, 1, 2, 3) + __builtin_shufflevector(half, half, 4, 5, 6, 7);
}

// Every second element of two vectors that follow each other.
inline Lanes even_of(Lanes low, Lanes high) {
  return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}

inline Lanes odd_of(Lanes low, Lanes high) {
  return __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}

}  // namespace
}  // namespace etbuild::kernels::math::SIMD

#include "lanes.h"
