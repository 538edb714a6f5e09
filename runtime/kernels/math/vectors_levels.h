// The functions of vectors.h, by level. Private to this folder.

#pragma once

#include "vectors.h"

#define DECLARE_ROWS                                                                                          \
  void exp_row(const float* from, float* to, ptrdiff_t count);                                                \
  void tanh_row(const float* from, float* to, ptrdiff_t count);                                               \
  void sigmoid_row(const float* from, float* to, ptrdiff_t count);                                            \
  void silu_row(const float* from, float* to, ptrdiff_t count);                                               \
  void erf_row(const float* from, float* to, ptrdiff_t count);                                                \
  void gelu_row(const float* from, float* to, ptrdiff_t count);                                               \
  void gelu_tanh_row(const float* from, float* to, ptrdiff_t count);                                          \
  float sum_row(const float* from, ptrdiff_t count);                                                          \
  float sum_of_squares_row(const float* from, ptrdiff_t count);                                               \
  float max_row(const float* from, ptrdiff_t count);                                                          \
  void softmax_row(const float* from, float* to, ptrdiff_t count);                                            \
  void log_softmax_row(const float* from, float* to, ptrdiff_t count);                                        \
  Moments layer_norm_row(const float* from, const float* weight, const float* bias, float epsilon, float* to, \
                         ptrdiff_t count);                                                                    \
  void rms_norm_row(const float* from, const float* weight, float epsilon, float* to, ptrdiff_t count);       \
  void scale_row(const float* from, float scale, float shift, float* to, ptrdiff_t count);                    \
  void clamp_row(const float* from, float lowest, float highest, float* to, ptrdiff_t count);

namespace etbuild::kernels::math {

namespace baseline {
DECLARE_ROWS
}
namespace avx2 {
DECLARE_ROWS
}
namespace avx512 {
DECLARE_ROWS
}

}  // namespace etbuild::kernels::math

#undef DECLARE_ROWS
