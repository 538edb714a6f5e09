// Which instructions the operators on int8 use, chosen when compiling: the vectors of Armv8.1-M (MVE), the pairs of
// 16 bits of Arm's DSP extension, or plain C++. ET_KERNELS_SIMD=0 leaves both out.
//
// Each kind is in a namespace of its name, in files of its name: int8_lines_….cpp, int8_runs_….cpp. Those of plain C++
// and of pairs are the same lines_body.h behind other quads_….h. All answer the same, bit by bit.

#pragma once

#ifndef ET_KERNELS_SIMD
#define ET_KERNELS_SIMD 2
#endif

#if ET_KERNELS_SIMD >= 1 && defined(__ARM_FEATURE_MVE)
#define ET_INT8_MVE 1
#else
#define ET_INT8_MVE 0
#endif

#if ET_KERNELS_SIMD >= 1 && !ET_INT8_MVE && defined(__ARM_FEATURE_DSP) && defined(__ARM_FEATURE_SIMD32)
#define ET_INT8_DSP 1
#else
#define ET_INT8_DSP 0
#endif
