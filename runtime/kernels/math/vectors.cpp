#include "vectors.h"

#include "levels.h"
#include "vectors_levels.h"

namespace etbuild::kernels::math {

void exp_row(const float* from, float* to, ptrdiff_t count) { FOR_THIS_CPU(exp_row)(from, to, count); }

void tanh_row(const float* from, float* to, ptrdiff_t count) { FOR_THIS_CPU(tanh_row)(from, to, count); }

void sigmoid_row(const float* from, float* to, ptrdiff_t count) { FOR_THIS_CPU(sigmoid_row)(from, to, count); }

void silu_row(const float* from, float* to, ptrdiff_t count) { FOR_THIS_CPU(silu_row)(from, to, count); }

void erf_row(const float* from, float* to, ptrdiff_t count) { FOR_THIS_CPU(erf_row)(from, to, count); }

void gelu_row(const float* from, float* to, ptrdiff_t count) { FOR_THIS_CPU(gelu_row)(from, to, count); }

void gelu_tanh_row(const float* from, float* to, ptrdiff_t count) { FOR_THIS_CPU(gelu_tanh_row)(from, to, count); }

float sum_row(const float* from, ptrdiff_t count) { return FOR_THIS_CPU(sum_row)(from, count); }

float sum_of_squares_row(const float* from, ptrdiff_t count) { return FOR_THIS_CPU(sum_of_squares_row)(from, count); }

float max_row(const float* from, ptrdiff_t count) { return FOR_THIS_CPU(max_row)(from, count); }

void softmax_row(const float* from, float* to, ptrdiff_t count) { FOR_THIS_CPU(softmax_row)(from, to, count); }

void log_softmax_row(const float* from, float* to, ptrdiff_t count) { FOR_THIS_CPU(log_softmax_row)(from, to, count); }

Moments layer_norm_row(const float* from, const float* weight, const float* bias, float epsilon, float* to,
                       ptrdiff_t count) {
  return FOR_THIS_CPU(layer_norm_row)(from, weight, bias, epsilon, to, count);
}

void rms_norm_row(const float* from, const float* weight, float epsilon, float* to, ptrdiff_t count) {
  FOR_THIS_CPU(rms_norm_row)(from, weight, epsilon, to, count);
}

void scale_row(const float* from, float scale, float shift, float* to, ptrdiff_t count) {
  FOR_THIS_CPU(scale_row)(from, scale, shift, to, count);
}

void clamp_row(const float* from, float lowest, float highest, float* to, ptrdiff_t count) {
  FOR_THIS_CPU(clamp_row)(from, lowest, highest, to, count);
}

}  // namespace etbuild::kernels::math
