// Compares arrays in figures: the same as the proof of a program on the host takes. Judges by given bounds.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "npy.h"
#include "status.h"

namespace etbuild::runner {

// The sums behind the figures of what has been compared so far.
struct Comparison {
  double max_abs_error = 0;
  double largest = 0;  // Of the expected values.
  double signal = 0;
  double noise = 0;
  double cosine = 1;
  int64_t non_finite = 0;
  int64_t top1_equal = 0;  // Rows whose largest value stands at one place in both.
  int64_t top1 = 0;
  int64_t tokens_equal = 0;
  int64_t tokens = 0;
  std::string worst;  // Where the largest error is.

  double relative_error() const;
  double sqnr_db() const;

  // Takes a pair in. kFailed: they have not one form. `first_places`: counts rows whose largest values are in one
  // place.
  Status add(const std::string& name, const NpyArray& expected, const NpyArray& result, bool is_bfloat16,
             bool first_places);
};

// The place of the largest value in the last row; the first of several.
int64_t largest_in_last_row(const NpyArray& array, bool is_bfloat16);

// A figure and what it must keep: at least or at most `bound`, as the figure's nature is.
struct Tolerance {
  std::string figure;
  double bound = 0;
};

// Reads "relative_error=1e-4"; counts (top1, tokens_equal) are shares up to 1 and counts above it.
Status parse_tolerance(const std::string& text, Tolerance* tolerance);

// The bounds that are not kept, in words; empty if all are. Values that are not finite never pass.
std::vector<std::string> judge(const Comparison& comparison, const std::vector<Tolerance>& tolerances);

// One line with every figure.
std::string report(const Comparison& comparison);

}  // namespace etbuild::runner
