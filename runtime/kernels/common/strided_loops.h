// Loops over the elements of several tensors at once: those that are broadcast stand still, the innermost dimension is
// the output's, and dimensions that lie behind each other in all of them are one.

#pragma once

#include "shapes.h"

namespace etbuild::kernels {

template <size_t kMost>
class StridedLoops {
 public:
  // Loops over the elements of `shape`, for so many tensors.
  StridedLoops(const Tensor& shape, size_t count) : shape_(shape), count_(count) {
    const auto rank = static_cast<size_t>(shape.dim());
    sizes_[0] = 1;  // As a single element has it.
    for (int64_t& step : strides_[0]) step = 1;
    for (size_t at = 0; at < rank; ++at) {  // Innermost first.
      const size_t dim = shape.dim_order()[rank - 1 - at];
      if (shape.sizes()[dim] == 1) continue;
      dims_[rank_] = dim;
      sizes_[rank_++] = shape.sizes()[dim];
    }
  }

  // Another tensor that broadcasts to the shape; null: a single element.
  void add(const Tensor* tensor) {
    for (size_t at = 0; at < rank_; ++at) strides_[at][added_] = stride(tensor, dims_[at]);
    ++added_;
  }

  // Another operand, by its strides for each dimension of the shape.
  void add_strides(const int32_t* strides) {
    for (size_t at = 0; at < rank_; ++at) strides_[at][added_] = strides[dims_[at]];
    ++added_;
  }

  // Joins dimensions; after all are added.
  void collapse() {
    size_t last = 0;
    for (size_t at = 1; at < rank_; ++at) {
      if (continues(last, at)) {
        sizes_[last] *= sizes_[at];
      } else {
        ++last;
        sizes_[last] = sizes_[at];
        for (size_t index = 0; index < count_; ++index) strides_[last][index] = strides_[at][index];
      }
    }
    if (rank_ > 0) rank_ = last + 1;
  }

  // Elements that lie `inner_step` elements apart.
  int64_t inner_count() const { return sizes_[0]; }
  int64_t inner_step(size_t index) const { return strides_[0][index]; }

  // Calls with where each tensor's next run starts, in elements, until told false.
  template <typename Visitor>
  void each(const Visitor& visit) const {
    const size_t rank = rank_;  // No visit changes it.
    int64_t at[kMaxRank];       // Most often none.
    for (size_t dim = 1; dim < rank; ++dim) at[dim] = 0;
    int64_t offsets[kMost] = {};
    for (;;) {
      if (!visit(static_cast<const int64_t*>(offsets))) return;
      size_t dim = 1;
      for (; dim < rank; ++dim) {
        for (size_t index = 0; index < count_; ++index) offsets[index] += strides_[dim][index];
        if (++at[dim] < sizes_[dim]) break;
        for (size_t index = 0; index < count_; ++index) offsets[index] -= strides_[dim][index] * sizes_[dim];
        at[dim] = 0;
      }
      if (dim >= rank) return;
    }
  }

 private:
  int64_t stride(const Tensor* tensor, size_t dim) const {
    if (tensor == nullptr) return 0;
    const auto missing = static_cast<size_t>(shape_.dim() - tensor->dim());
    if (dim < missing || tensor->sizes()[dim - missing] == 1) return 0;
    return tensor->strides()[dim - missing];
  }

  bool continues(size_t inner, size_t outer) const {
    for (size_t index = 0; index < count_; ++index) {
      if (strides_[outer][index] != strides_[inner][index] * sizes_[inner]) return false;
    }
    return true;
  }

  const Tensor& shape_;
  size_t count_;
  size_t added_ = 0;
  size_t rank_ = 0;
  size_t dims_[kMaxRank];
  int64_t sizes_[kMaxRank];
  int64_t strides_[kMaxRank][kMost];
};

}  // namespace etbuild::kernels
