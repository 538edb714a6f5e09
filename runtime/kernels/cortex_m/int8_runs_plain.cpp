// Runs of int8, for every processor.

#include "int8_runs.h"

namespace etbuild::kernels::cortex_m::plain {

void add(const PairRun& run, const Addition& by) {
  for (ptrdiff_t at = 0; at < run.count; ++at) {
    const uint32_t sum = by.left.of(run.left[at * run.left_step]) + by.right.of(run.right[at * run.right_step]);
    run.to[at * run.to_step] = by.output.of(static_cast<int32_t>(sum), by.multiplier, by.shift);
  }
}

void multiply(const PairRun& run, const Multiplication& by) {
  for (ptrdiff_t at = 0; at < run.count; ++at) {
    const uint32_t product = (static_cast<uint32_t>(run.left[at * run.left_step]) - by.left_zero) *
                             (static_cast<uint32_t>(run.right[at * run.right_step]) - by.right_zero);
    run.to[at * run.to_step] = by.output.of(static_cast<int32_t>(product), by.multiplier, by.shift);
  }
}

void look_up(const int8_t* from, const int8_t* table, int8_t* to, ptrdiff_t count) {
  const int8_t* const entries = table + 128;
  for (ptrdiff_t at = 0; at < count; ++at) to[at] = entries[from[at]];
}

void write_greatest(const CoveredRuns& covered, const Output& output, int8_t* to) {
  for (ptrdiff_t channel = 0; channel < covered.channels; ++channel) {
    int32_t most = output.least;
    for (ptrdiff_t row = 0; row < covered.rows; ++row) {
      const int8_t* from = covered.from + channel + row * covered.of_row;
      for (ptrdiff_t column = covered.columns; column > 0; --column, from += covered.of_column) {
        most = *from > most ? *from : most;
      }
    }
    to[channel] = static_cast<int8_t>(most > output.most ? output.most : most);
  }
}

void sum_channels(const CoveredRuns& covered, const Mean& mean, float (&sums)[8]) {
  for (float& sum : sums) sum = 0;
  for (ptrdiff_t row = 0; row < covered.rows; ++row) {
    const int8_t* from = covered.from + row * covered.of_row;
    for (ptrdiff_t column = covered.columns; column > 0; --column, from += covered.of_column) {
      for (ptrdiff_t at = 0; at < covered.channels; ++at) {
        sums[at] += (static_cast<float>(from[at]) - mean.zero_point) * mean.scale;
      }
    }
  }
}

int32_t sum_of(const int8_t* from, ptrdiff_t count) {
  int32_t sum = 0;
  for (ptrdiff_t at = 0; at < count; ++at) sum += from[at];
  return sum;
}

}  // namespace etbuild::kernels::cortex_m::plain
