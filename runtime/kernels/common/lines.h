// Lines: the elements of a tensor along one of its dimensions.

#pragma once

#include "shapes.h"

namespace etbuild::kernels {

// Lines of a tensor along a dimension, counted in the order of their indices: how many, how far their elements are
// apart, and where one starts.
struct Lines {
  // A dimension that is not there is of one element.
  Lines(const Tensor& of, int64_t along);

  int64_t start(int64_t line) const { return dense ? line * length : strided_start(line); }
  int64_t strided_start(int64_t line) const;

  const Tensor& tensor;
  int64_t dim;
  int64_t length;
  int64_t count;
  int64_t step;
  bool dense;  // All lines lie behind each other, without gaps, or have no elements.
};

}  // namespace etbuild::kernels
