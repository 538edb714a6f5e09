// What operators on int8 do with each element of a run, and with what a window covers: no tensors, no runtime. Every
// version of a function answers the same.

#pragma once

#include <cstddef>
#include <cstdint>

#include "instructions.h"
#include "requantize.h"

namespace etbuild::kernels::cortex_m {

// Elements of two inputs and where what becomes of them goes; how far each is from the next.
struct PairRun {
  const int8_t* left;
  const int8_t* right;
  int8_t* to;
  ptrdiff_t left_step;
  ptrdiff_t right_step;
  ptrdiff_t to_step;
  ptrdiff_t count;
};

// An element without its zero point, requantized from 20 bits up.
struct Scaled {
  uint32_t zero_point;
  int32_t multiplier;
  int32_t shift;

  uint32_t of(int8_t value) const {
    const uint32_t moved = (static_cast<uint32_t>(value) - zero_point) << 20;
    return static_cast<uint32_t>(requantize(static_cast<int32_t>(moved), multiplier, shift));
  }
};

struct Addition {
  Scaled left;
  Scaled right;
  int32_t multiplier;  // Of the sum.
  int32_t shift;
  Output output;
};

struct Multiplication {
  uint32_t left_zero;
  uint32_t right_zero;
  int32_t multiplier;
  int32_t shift;
  Output output;
};

// Rows and columns of an image that a window covers, from the first element of some channels that lie beside each
// other.
struct CoveredRuns {
  const int8_t* from;
  ptrdiff_t rows;
  ptrdiff_t of_row;
  ptrdiff_t columns;
  ptrdiff_t of_column;
  ptrdiff_t channels;
};

// The mean of (element - zero_point) * scale is divided by the scale.
struct Mean {
  float zero_point;
  float scale;
};

#define DECLARE_RUNS                                                                  \
  void add(const PairRun& run, const Addition& by);                                   \
  void multiply(const PairRun& run, const Multiplication& by);                        \
  /* to = table[from + 128] */                                                        \
  void look_up(const int8_t* from, const int8_t* table, int8_t* to, ptrdiff_t count); \
  /* The greatest that each channel has, cut to the limits. */                        \
  void write_greatest(const CoveredRuns& covered, const Output& output, int8_t* to);  \
  /* Sums of up to eight channels, (element - zero_point) * scale, row by row. */     \
  void sum_channels(const CoveredRuns& covered, const Mean& mean, float(&sums)[8]);   \
  int32_t sum_of(const int8_t* from, ptrdiff_t count);

namespace plain {
DECLARE_RUNS
}
#if ET_INT8_MVE
namespace mve {
DECLARE_RUNS
}
namespace for_runs = mve;
#else
namespace for_runs = plain;
#endif

#undef DECLARE_RUNS

}  // namespace etbuild::kernels::cortex_m
