// The indices of a shape one after another, the last dimension's first: the order of a contiguous tensor.

#pragma once

#include "shapes.h"

namespace etbuild::kernels {

class Coordinates {
 public:
  // Of the first element; there has to be one.
  explicit Coordinates(ArrayRef<int32_t> sizes) : sizes_(sizes) {}

  // Goes on to the next; false if there is none: it is then the first again.
  bool next();

  int32_t operator[](size_t dim) const { return at_[dim]; }

  // Where the element is in a tensor that broadcasts to the shape, in elements.
  ptrdiff_t offset(const Tensor& tensor) const;

 private:
  ArrayRef<int32_t> sizes_;
  int32_t at_[kMaxRank] = {};
};

}  // namespace etbuild::kernels
