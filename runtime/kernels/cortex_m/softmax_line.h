// Softmax of int8 elements that lie along a line: no tensors, no runtime. Every version of it answers the same.

#pragma once

#include <cstddef>
#include <cstdint>

#include "instructions.h"

namespace etbuild::kernels::cortex_m {

// At least one element.
struct SoftmaxLine {
  const int8_t* from;
  ptrdiff_t from_step;
  int8_t* to;
  ptrdiff_t to_step;
  ptrdiff_t count;
  float zero_point;
  float scale;  // Positive.
};

// e^x = 2^power * (1 + rest + rest^2 * series), of floats that are not positive, within 2 units in the last place: in
// steps that vectors round as single numbers do. Below, it is so little that no sum of it with 1 differs from 1.
struct Exponential {
  static constexpr float kLeast = -87.0f;
  static constexpr float kToPower = 1.44269504f;
  static constexpr float kToInteger = 12582912.0f;  // 1.5 * 2^23: what is added to it is rounded to an integer.
  // log 2 in two parts. The first has so few digits that its product is exact.
  static constexpr float kHigh = 0.693359375f;
  static constexpr float kLow = -2.12194440e-4f;
  static constexpr float kToWhole = 8388608.0f;  // 2^23: the same of a number that is not negative.
  static constexpr int kTerms = 6;
  static constexpr float kSeries[kTerms] = {0.000199193804f, 0.00139472249f, 0.00833326299f,
                                            0.0416662544f,   0.166666672f,   0.5f};
};

#define DECLARE_SOFTMAX                                                                              \
  /* e^((element - zero_point) * scale) by the sum of them, times 256, moved by -128; floats, the */ \
  /* sum in four parts, halves to even. */                                                           \
  void write_softmax(const SoftmaxLine& line);

namespace plain {
DECLARE_SOFTMAX
}
#if ET_INT8_MVE
namespace mve {
DECLARE_SOFTMAX
}
namespace for_softmax = mve;
#else
namespace for_softmax = plain;
#endif

#undef DECLARE_SOFTMAX

}  // namespace etbuild::kernels::cortex_m
