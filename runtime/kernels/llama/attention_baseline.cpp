// Attention with 128-bit vectors: what every CPU of its kind has.

#include "attention.h"

#if defined(__ARM_NEON) && defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace etbuild::kernels::llama {
namespace {

constexpr int kLanes = 4;
typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));

inline Lanes multiply_add(Lanes a, Lanes b, Lanes c) {
#if defined(__ARM_NEON) && defined(__aarch64__)
  return vfmaq_f32(c, a, b);
#else
  return a * b + c;
#endif
}

}  // namespace
}  // namespace etbuild::kernels::llama

#define ATTEND attend_baseline
#include "attention_body.h"
