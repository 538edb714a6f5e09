// Attention with 256-bit vectors and fused multiply-add; chosen at run time, as not every x86-64 has them.

#include "attention.h"

#if ET_KERNELS_SIMD >= 2 && defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

// From here on, and to the end of the file: nothing below may be inlined into, or merged with, code for older CPUs.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif

namespace etbuild::kernels::llama {
namespace {

constexpr int kLanes = 8;
typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));

inline Lanes multiply_add(Lanes a, Lanes b, Lanes c) { return _mm256_fmadd_ps(a, b, c); }

}  // namespace
}  // namespace etbuild::kernels::llama

#define ATTEND attend_avx2
#include "attention_body.h"

#if defined(__clang__)
#pragma clang attribute pop
#endif

#endif
