// A tensor indexed by tensors, as tensor[indices] in Python: bools name where they are true, None a whole dimension.
// The dimensions of the indices, broadcast, take the place of those they index if these are neighbours, else are first.
//
//     Indexing indexing;
//     if (!indexing.plan(context, self, indices)) return;
//     ... other: a tensor that broadcasts to indexing.shape() ...
//     while (indexing.next(context, other)) ... self_offset(), other_offset() ...

#pragma once

#include "shapes.h"
#include "strided_copy.h"

namespace etbuild::kernels {

class Indexing {
 public:
  // False if the call has failed: with InvalidArgument, if the indices are not those of such a tensor.
  bool plan(KernelRuntimeContext& context, const Tensor& self, ArrayRef<std::optional<Tensor>> indices);

  // The sizes of self[indices].
  const Shape& shape() const { return shape_; }

  // What is copied at each step: the dimensions without an index. `other` broadcasts to shape().
  StridedCopy from_self(const Tensor& other) const { return piece(other, true); }
  StridedCopy to_self(const Tensor& other) const { return piece(other, false); }

  // Goes to the first step, or to the next. False if there is none, or if the call has failed: an index is out of
  // range.
  bool next(KernelRuntimeContext& context, const Tensor& other);

  // Where the piece starts in each, in elements.
  ptrdiff_t self_offset() const { return self_offset_; }
  ptrdiff_t other_offset() const { return other_offset_; }

 private:
  struct Index {
    const Tensor* tensor;
    size_t first;       // The dimension of self that it indexes; bools: the first of as many as they have.
    ptrdiff_t trues;    // Of bools.
    ptrdiff_t place;    // Of bools: the element that was last found to be true,
    ptrdiff_t ordinal;  // and how many were before.
  };

  bool add(KernelRuntimeContext& context, const Tensor& tensor);
  bool is_indexed(size_t dim) const { return ((indexed_ >> dim) & 1U) != 0; }
  static void find(Index& index, ptrdiff_t ordinal);
  StridedCopy piece(const Tensor& other, bool from_self) const;
  ptrdiff_t other_stride(const Tensor& other, size_t dim) const;

  const Tensor* self_ = nullptr;
  Index indices_[kMaxRank];
  size_t count_ = 0;
  size_t dims_ = 0;       // Of self that are indexed or skipped.
  uint32_t indexed_ = 0;  // A bit each.
  Shape broadcast_;       // Of the indices.
  size_t front_ = 0;      // The dimensions of the result before these.
  Shape shape_;
  int32_t at_[kMaxRank];
  ptrdiff_t other_strides_[kMaxRank];  // Along the dimensions of the indices.
  bool started_ = false;
  ptrdiff_t self_offset_ = 0;
  ptrdiff_t other_offset_ = 0;
};

}  // namespace etbuild::kernels
