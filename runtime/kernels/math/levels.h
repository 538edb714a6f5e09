// Which instructions the kernels of this folder use: chosen when compiling and, on x86-64, when running.
//
// ET_KERNELS_SIMD says what a build holds:
//   2  (default) baseline, and on x86-64 AVX2 and AVX-512, chosen by what the CPU has
//   1  baseline only: what every CPU of its kind has (SSE2, NEON, WASM SIMD where the compiler is told of it)
//   0  tiny: plain loops, a few hundred bytes a function, where size is all that counts

#pragma once

#ifndef ET_KERNELS_SIMD
#define ET_KERNELS_SIMD 2
#endif

#if ET_KERNELS_SIMD >= 2 && defined(__x86_64__) && defined(__GNUC__)
#define ET_KERNELS_X86_LEVELS 1
#else
#define ET_KERNELS_X86_LEVELS 0
#endif

namespace etbuild::kernels::math {

enum class Level : int { kBaseline = 1, kAvx2 = 2, kAvx512 = 3 };

// The level that functions use: the best of this CPU, unless one was forced.
Level level();

// For tests: true, and all that follows uses it, if the CPU and the build have it.
bool force_level(Level level);

}  // namespace etbuild::kernels::math

// The function of that name for this CPU; each level's functions stand in a namespace of its name.
#if ET_KERNELS_X86_LEVELS
#define FOR_THIS_CPU(function)                                            \
  (::etbuild::kernels::math::level() == Level::kAvx512 ? avx512::function \
   : ::etbuild::kernels::math::level() == Level::kAvx2 ? avx2::function   \
                                                       : baseline::function)
#else
#define FOR_THIS_CPU(function) (baseline::function)
#endif
