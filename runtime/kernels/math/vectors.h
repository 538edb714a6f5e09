// Functions of rows of floats, written for the CPU's vectors. It knows no tensors, no operators and no threads.
//
// An element's result does not depend on its place in the row: the last elements are computed as all others. `to` may
// be `from`; else they must not overlap. Counts may be 0. NaN gives NaN, and infinities what the mathematics says.
// Errors are in units in the last place of the result, found by tests against double for a million numbers each.

#pragma once

#include <cstddef>

namespace etbuild::kernels::math {

void exp_row(const float* from, float* to, ptrdiff_t count);        // 1 unit, also where the result is denormal.
void tanh_row(const float* from, float* to, ptrdiff_t count);       // 2 units.
void sigmoid_row(const float* from, float* to, ptrdiff_t count);    // 3 units; 0 below -88.7.
void silu_row(const float* from, float* to, ptrdiff_t count);       // x * sigmoid(x), 3 units; as ATen, NaN at -inf.
void erf_row(const float* from, float* to, ptrdiff_t count);        // 3 units.
void gelu_row(const float* from, float* to, ptrdiff_t count);       // x * (1 + erf(x / sqrt 2)) / 2 within |x| / 2^22.
void gelu_tanh_row(const float* from, float* to, ptrdiff_t count);  // Its approximation by tanh, within |x| / 2^22.

float sum_row(const float* from, ptrdiff_t count);
float sum_of_squares_row(const float* from, ptrdiff_t count);
float max_row(const float* from, ptrdiff_t count);  // -inf of nothing. Of a row with NaN: any.

// e^(x - the largest) / their sum; and its logarithm. Relative error: 2^-24 times the distance
// from the largest (that the difference is rounded), and 8 units.
void softmax_row(const float* from, float* to, ptrdiff_t count);
void log_softmax_row(const float* from, float* to, ptrdiff_t count);

// What layer_norm returns beside its output.
struct Moments {
  float mean;
  float reciprocal_deviation;  // 1 / sqrt(variance + epsilon)
};

// (x - mean) * reciprocal_deviation * weight + bias. Weight and bias may be null: 1 and 0.
Moments layer_norm_row(const float* from, const float* weight, const float* bias, float epsilon, float* to,
                       ptrdiff_t count);

// x / sqrt(mean of squares + epsilon) * weight. Weight may be null: 1.
void rms_norm_row(const float* from, const float* weight, float epsilon, float* to, ptrdiff_t count);

// to = from * scale + shift: batch norm's rows and group norm's.
void scale_row(const float* from, float scale, float shift, float* to, ptrdiff_t count);

// At least `lowest`, at most `highest`: relu {0, inf}, hardtanh. NaN stays, and a zero keeps its sign.
void clamp_row(const float* from, float lowest, float highest, float* to, ptrdiff_t count);

}  // namespace etbuild::kernels::math
