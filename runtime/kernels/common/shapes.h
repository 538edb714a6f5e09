// The shapes of tensors: broadcasting, resizing, layouts.

#pragma once

#include "arguments.h"

namespace etbuild::kernels {

constexpr size_t kMaxRank = 16;

// Sizes being put together.
struct Shape {
  int32_t sizes[kMaxRank];
  size_t rank = 0;

  ArrayRef<int32_t> view() const { return {sizes, rank}; }

  // One more dimension, innermost. A size that no tensor can have is one that resize() refuses.
  void add(int64_t size) {
    const bool possible = rank < kMaxRank && size >= 0 && size <= INT32_MAX;
    if (rank < kMaxRank) ++rank;
    sizes[rank - 1] = possible ? static_cast<int32_t>(size) : -1;
  }
};

// The sizes of a tensor.
inline Shape shape_of(const Tensor& tensor) {
  Shape shape;
  for (const int32_t size : tensor.sizes()) shape.sizes[shape.rank++] = size;
  return shape;
}

// The sizes that an argument lists; what is more than a tensor has, resize() refuses.
Shape shape_of(Arguments arguments, size_t index);

// Gives an output these sizes; if it cannot have them, the call has failed with InvalidArgument.
bool resize(KernelRuntimeContext& context, Tensor& out, ArrayRef<int32_t> sizes);

// Widens a shape so that a tensor of these sizes broadcasts to it. False if none does.
bool broadcast(Shape& shape, ArrayRef<int32_t> sizes);

inline bool same(ArrayRef<int32_t> left, ArrayRef<int32_t> right) {
  if (left.size() != right.size()) return false;
  for (size_t dim = 0; dim < left.size(); ++dim) {
    if (left[dim] != right[dim]) return false;
  }
  return true;
}

// Whether elements of the same index lie at the same place in both.
inline bool same_layout(const Tensor& left, const Tensor& right) {
  const ssize_t rank = left.dim();
  if (rank != right.dim()) return false;
  for (ssize_t dim = 0; dim < rank; ++dim) {
    const auto at = static_cast<size_t>(dim);
    if (left.sizes().data()[at] != right.sizes().data()[at]) return false;
    if (left.strides().data()[at] != right.strides().data()[at]) return false;
  }
  return true;
}

// Whether the elements lie in the order of their indices, without gaps.
bool is_contiguous(const Tensor& tensor);

// Counts a dimension from the front that may be counted from the back: within [-rank, rank), for rank 0 as if it
// were 1. If it is not, the call has failed with InvalidArgument.
bool wrap_dimension(KernelRuntimeContext& context, int64_t& dimension, size_t rank);

// The same for an index along a dimension of that size: within [-size, size).
bool wrap_index(KernelRuntimeContext& context, int64_t& index, int64_t size);

// A tensor's size or stride along a dimension that wrap_dimension() has seen: one without dimensions has one of 1.
inline int32_t size_at(const Tensor& tensor, int64_t dimension) {
  return tensor.dim() == 0 ? 1 : tensor.sizes()[static_cast<size_t>(dimension)];
}
inline int32_t stride_at(const Tensor& tensor, int64_t dimension) {
  return tensor.dim() == 0 ? 1 : tensor.strides()[static_cast<size_t>(dimension)];
}

}  // namespace etbuild::kernels
