// Products of bytes by AVX-512 and its byte products (VNNI); chosen at run time, as not every x86-64 has them.

#include "levels.h"

#if ET_KERNELS_X86_LEVELS

#include <immintrin.h>

#include "byte_gemm_levels.h"

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2"))), \
                             apply_to = function)
#define UNROLLED
#else
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2")
#define UNROLLED _Pragma("GCC unroll 4")
#endif

#define LANES_PUSHED
#define SIMD avx512

namespace etbuild::kernels::math::SIMD {
namespace {

// The instruction takes a as unsigned: each byte with its sign bit turned is 128 more.
constexpr ptrdiff_t kStep = 64;
constexpr int32_t kShift = 128;
using Bytes = __m512i;
typedef int32_t Sums __attribute__((vector_size(64)));

inline Bytes bytes_at(const int8_t* from) { return _mm512_loadu_si512(from); }

inline Sums add(Sums sums, __m512i no_sign, __m512i sign) {
  return reinterpret_cast<Sums>(_mm512_dpbusd_epi32(reinterpret_cast<__m512i>(sums), no_sign, sign));
}

inline Sums add_products(Sums sums, Bytes a, Bytes b) {
  return add(sums, _mm512_xor_si512(a, _mm512_set1_epi8(static_cast<char>(-128))), b);
}

inline Sums add_bytes(Sums sums, Bytes b) { return add(sums, _mm512_set1_epi8(1), b); }

inline uint32_t total(Sums sums) {
  uint32_t sum = 0;
  for (int i = 0; i < 16; ++i) sum += static_cast<uint32_t>(sums[i]);
  return sum;
}

}  // namespace
}  // namespace etbuild::kernels::math::SIMD

#include "byte_gemm_body.h"

#include "lanes_end.h"

#endif
