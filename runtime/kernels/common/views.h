// Tensors seen otherwise: some of their elements, in other dimensions, copied to an output or from a source.

#pragma once

#include "shapes.h"

namespace etbuild::kernels {

struct View {
  explicit View(const Tensor& seen) : tensor(&seen) {}

  // One more dimension, innermost: so many of the tensor's elements, so many apart.
  void add(int64_t size, ptrdiff_t stride) {
    strides[shape.rank < kMaxRank ? shape.rank : 0] = stride;
    shape.add(size);
  }

  // All its dimensions, or those before one.
  void add_all() { add_until(tensor->sizes().size()); }
  void add_until(size_t end) {
    while (shape.rank < end) add(tensor->sizes()[shape.rank], tensor->strides()[shape.rank]);
  }

  // Takes a dimension out.
  void remove(size_t dimension);

  const Tensor* tensor;
  Shape shape;
  ptrdiff_t strides[kMaxRank];
  ptrdiff_t offset = 0;  // Of the first element that is seen.
};

// Whether kernels know the dtype of both, and it is the same; if not, the call has failed with InvalidArgument.
bool same_dtype(KernelRuntimeContext& context, const Tensor& self, const Tensor& out);

// Gives the output the sizes of what is seen, and copies that. False if the call has failed.
bool copy_view(KernelRuntimeContext& context, const View& view, Tensor& out);

// Copies a tensor to what is seen, converted to its dtype. False if the call has failed: sizes differ.
bool copy_to_view(KernelRuntimeContext& context, const Tensor& from, const View& view);

// The same sizes as `self`, elements copied. False if the call has failed.
bool copy_same(KernelRuntimeContext& context, const Tensor& self, Tensor& out);

// Sees only one index of a dimension, which is then gone. False if the call has failed: no such dimension or index.
bool select(KernelRuntimeContext& context, View& view, int64_t dimension, int64_t index);

// Sees only each `step`th from `start` to `end` of a dimension, both clamped to it. None: from the first, to the last.
// False if the call has failed: no such dimension, or the step is not positive.
struct Slice {
  const EValue& start;
  const EValue& end;
  int64_t step;
};
bool slice(KernelRuntimeContext& context, View& view, int64_t dimension, const Slice& slice);

// Copies `size` indices of a dimension that wrap_index() has seen, from `start` on. False if the call has failed.
bool copy_range(KernelRuntimeContext& context, const Tensor& self, int64_t dimension, int64_t start, int64_t size,
                Tensor& out);

}  // namespace etbuild::kernels
