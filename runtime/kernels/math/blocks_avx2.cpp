// Products with GGUF's blocks by AVX2; chosen at run time, as not every x86-64 has them.

#include "levels.h"

#if ET_KERNELS_X86_LEVELS

#include <immintrin.h>

#include "blocks_levels.h"

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define UNROLLED
#else
#pragma GCC target("avx2,fma,f16c")
#define UNROLLED _Pragma("GCC unroll 4")
#endif

#define LANES_PUSHED
#define SIMD avx2

namespace etbuild::kernels::math::SIMD {
namespace {

using Bytes = __m256i;
typedef float Dots __attribute__((vector_size(32)));

inline float half_to_float(uint16_t half) { return _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(half))); }

inline Bytes bytes_at(const int8_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }

inline Bytes nibbles_at(const uint8_t* from) {
  const __m128i pairs = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  const __m256i both = _mm256_inserti128_si256(_mm256_castsi128_si256(pairs), _mm_srli_epi16(pairs, 4), 1);
  return _mm256_and_si256(both, _mm256_set1_epi8(15));
}

// The products of two bytes each fit 16 bits: 255 * 127 would not, but |q| <= 128.
inline __m256i sums_of_four(__m256i no_sign, __m256i sign) {
  return _mm256_madd_epi16(_mm256_maddubs_epi16(no_sign, sign), _mm256_set1_epi16(1));
}

inline Dots dot_unsigned(Bytes q, Bytes high, Bytes low) {
  const __m256i sums = _mm256_slli_epi32(sums_of_four(q, high), 8);
  return _mm256_cvtepi32_ps(_mm256_add_epi32(sums, sums_of_four(q, low)));
}

inline Dots dot_signed(Bytes q, Bytes high, Bytes low) {
  return dot_unsigned(_mm256_abs_epi8(q), _mm256_sign_epi8(high, q), _mm256_sign_epi8(low, q));
}

inline Dots add_scaled(Dots sums, Dots dots, float scale) { return _mm256_fmadd_ps(dots, _mm256_set1_ps(scale), sums); }

inline float total(Dots sums) {
  float sum = 0;
  for (int i = 0; i < 4; ++i) sum += sums[i] + sums[i + 4];
  return sum;
}

}  // namespace
}  // namespace etbuild::kernels::math::SIMD

#include "blocks_body.h"

#include "lanes_end.h"

#endif
