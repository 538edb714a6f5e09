// Compares arrays in figures: the same as the proof of a program on the host takes. Judges by given bounds.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "npy.h"
#include "status.h"

namespace etbuild::runner {

// How many of something are equal in both.
struct Count {
  int64_t equal = 0;
  int64_t total = 0;
};

// What was found of one output, or of a program: of each figure the output that is furthest off.
struct Figures {
  double max_abs_error = 0;
  double relative_error = 0;  // Of floats.
  double sqnr_db = 200;
  double cosine = 1;
  int64_t non_finite = 0;
  Count top1;    // Rows whose largest value stands at one place in both.
  Count values;  // Indices and truths.
  Count tokens;
  std::string worst;  // Where the largest error is, of the output with the least signal to noise.
};

// The sums behind the figures of one output, of what has been compared so far.
class Comparison {
 public:
  // Takes a pair in. kFailed: they have not one form. `first_places`: counts rows whose largest values are in one
  // place.
  Status add(const std::string& name, const NpyArray& expected, const NpyArray& result, bool is_bfloat16,
             bool first_places);

  Figures figures() const;

 private:
  double max_abs_error_ = 0;
  double largest_ = 0;  // Of the expected values.
  double signal_ = 0;
  double noise_ = 0;
  double cosine_ = 1;
  bool is_float_ = true;
  int64_t non_finite_ = 0;
  Count top1_;
  Count values_;
  std::string worst_;
};

// The outputs' figures as one program's: a large output would hide the errors of a small one.
Figures furthest_off(const std::vector<Comparison>& outputs);

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
std::vector<std::string> judge(const Figures& figures, const std::vector<Tolerance>& tolerances);

// One line with every figure.
std::string report(const Figures& figures);

}  // namespace etbuild::runner
