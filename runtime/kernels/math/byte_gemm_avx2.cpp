// Products of bytes by AVX2; chosen at run time, as not every x86-64 has them.

#include "levels.h"

#if ET_KERNELS_X86_LEVELS

#include <immintrin.h>

#include "byte_gemm_levels.h"

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define UNROLLED
#else
#pragma GCC target("avx2")
#define UNROLLED _Pragma("GCC unroll 4")
#endif

#define LANES_PUSHED
#define SIMD avx2

namespace etbuild::kernels::math::SIMD {
namespace {

// 16 bytes as 16 bits each: their products, two added up, are exact.
constexpr ptrdiff_t kStep = 16;
constexpr int32_t kShift = 0;
using Bytes = __m256i;
typedef int32_t Sums __attribute__((vector_size(32)));

inline Bytes bytes_at(const int8_t* from) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

inline Sums add(Sums sums, __m256i products) {
  return reinterpret_cast<Sums>(_mm256_add_epi32(reinterpret_cast<__m256i>(sums), products));
}

inline Sums add_products(Sums sums, Bytes a, Bytes b) { return add(sums, _mm256_madd_epi16(a, b)); }

inline Sums add_bytes(Sums sums, Bytes b) { return add(sums, _mm256_madd_epi16(b, _mm256_set1_epi16(1))); }

inline uint32_t total(Sums sums) {
  uint32_t sum = 0;
  for (int i = 0; i < 8; ++i) sum += static_cast<uint32_t>(sums[i]);
  return sum;
}

}  // namespace
}  // namespace etbuild::kernels::math::SIMD

#include "byte_gemm_body.h"

#include "lanes_end.h"

#endif
