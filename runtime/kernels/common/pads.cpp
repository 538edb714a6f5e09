#include "pads.h"

#include <executorch/runtime/platform/log.h>

#include "raw_elements.h"
#include "strided_copy.h"
#include "views.h"

namespace etbuild::kernels {
namespace {

constexpr size_t kMost = 3;  // Dimensions that are padded.

// A range of the output's indices along a dimension, and what it is a copy of.
struct Segment {
  ptrdiff_t to;
  ptrdiff_t size;
  ptrdiff_t from;
  ptrdiff_t step;
};

// One of the three segments of a dimension: what is before the tensor's elements, these, what is after.
Segment segment(unsigned which, ptrdiff_t size, ptrdiff_t before, ptrdiff_t after, Pad kind) {
  const bool reflects = kind == Pad::kReflection;
  const ptrdiff_t first = before > 0 ? before : 0;
  const ptrdiff_t cut = before < 0 ? -before : 0;
  const ptrdiff_t kept = size - cut - (after < 0 ? -after : 0);
  const ptrdiff_t last = size - 1;
  if (which == 0) return {0, first, reflects ? before : 0, reflects ? -1 : 0};
  if (which == 1) return {first, kept, cut, 1};
  return {first + kept, after > 0 ? after : 0, reflects ? last - 1 : last, reflects ? -1 : 0};
}

// Whether a tensor of those sizes can be padded so; adds the sizes that it has then.
bool plan(const Tensor& self, ArrayRef<int64_t> padding, Shape& shape, size_t count, Pad kind) {
  const size_t rank = self.sizes().size();
  bool any = false;  // Of what is padded, something must be left.
  if (padding.size() != 2 * count || rank < count + 1 || rank > count + 2) return false;
  for (size_t dim = 0; dim < rank; ++dim) {
    const int64_t size = self.sizes()[dim];
    if (dim < rank - count) {
      shape.add(size);
      if (size == 0 && (dim > 0 || rank == count + 1)) return false;
      continue;
    }
    const int64_t before = padding[2 * (rank - 1 - dim)];
    const int64_t after = padding[2 * (rank - 1 - dim) + 1];
    const int64_t most = kind == Pad::kReflection ? size - 1 : INT32_MAX;
    if (size == 0 || before < -size || before > most || after < -size || after > most) return false;
    any = any || size + before + after > 0;
    shape.add(size + before + after);
  }
  return any;
}

}  // namespace

void pad(KernelRuntimeContext& context, Arguments arguments, size_t count, Pad kind) {
  const Tensor& self = tensor(arguments, 0);
  const auto padding = integers(arguments, 1);
  Tensor& out = tensor(arguments, 2);
  Shape shape = {};
  if (!plan(self, padding, shape, count, kind)) {
    ET_LOG(Error, "A tensor of %d dimensions cannot be padded so", static_cast<int>(self.dim()));
    return context.fail(Error::InvalidArgument);
  }
  if (!same_dtype(context, self, out) || !resize(context, out, shape.view()) || out.numel() == 0) return;
  const size_t rank = self.sizes().size();
  unsigned which[kMost] = {};
  for (;;) {
    StridedCopy copy;
    ptrdiff_t from = 0;
    ptrdiff_t to = 0;
    for (size_t dim = 0; dim < rank - count; ++dim) copy.add(shape.sizes[dim], self.strides()[dim], out.strides()[dim]);
    for (size_t dim = rank - count; dim < rank; ++dim) {
      const auto before = static_cast<ptrdiff_t>(padding[2 * (rank - 1 - dim)]);
      const auto after = static_cast<ptrdiff_t>(padding[2 * (rank - 1 - dim) + 1]);
      const Segment part = segment(which[rank - 1 - dim], self.sizes()[dim], before, after, kind);
      copy.add(part.size > 0 ? part.size : 0, part.step * self.strides()[dim], out.strides()[dim]);
      from += part.from * self.strides()[dim];
      to += part.to * out.strides()[dim];
    }
    copy.collapse();
    copy.run(size_of(self.scalar_type()), element(self, from), mutable_element(out, to));
    size_t next = 0;
    while (next < count && ++which[next] == 3) which[next++] = 0;
    if (next == count) return;
  }
}

}  // namespace etbuild::kernels
