#include "views.h"

#include <executorch/runtime/platform/log.h>

#include "raw_elements.h"
#include "strided_copy.h"

namespace etbuild::kernels {
namespace {

// Where a slice starts or ends, counted from the front.
int64_t clamp(const EValue& bound, int64_t otherwise, int64_t size) {
  if (bound.isNone()) return otherwise;
  int64_t at = integer(bound);
  if (at < 0) at = at < -size ? 0 : at + size;
  return at < size ? at : size;
}

}  // namespace

void View::remove(size_t dimension) {
  --shape.rank;
  for (size_t dim = dimension; dim < shape.rank; ++dim) {
    shape.sizes[dim] = shape.sizes[dim + 1];
    strides[dim] = strides[dim + 1];
  }
}

bool same_dtype(KernelRuntimeContext& context, const Tensor& self, const Tensor& out) {
  const ScalarType type = self.scalar_type();
  if (type == out.scalar_type() && is_known(type)) return true;
  ET_LOG(Error, "Dtypes must be the same and known, are %d and %d", static_cast<int>(type),
         static_cast<int>(out.scalar_type()));
  return refuse(context, Error::InvalidArgument);
}

bool copy_view(KernelRuntimeContext& context, const View& view, Tensor& out) {
  if (!same_dtype(context, *view.tensor, out) || !resize(context, out, view.shape.view())) return false;
  const char* from = element(*view.tensor, view.offset);
  if (from == out.const_data_ptr() || out.numel() == 0) return true;
  StridedCopy copy;
  for (size_t dim = 0; dim < view.shape.rank; ++dim) {
    copy.add(view.shape.sizes[dim], view.strides[dim], out.strides()[dim]);
  }
  copy.collapse();
  copy.run(size_of(out.scalar_type()), from, out.mutable_data_ptr());
  return true;
}

bool copy_to_view(KernelRuntimeContext& context, const Tensor& from, const View& view) {
  if (!same_dtype(context, from, from)) return false;
  if (!same(from.sizes(), view.shape.view())) {
    ET_LOG(Error, "A source must have the sizes of what it replaces");
    return refuse(context, Error::InvalidArgument);
  }
  StridedCopy copy;
  for (size_t dim = 0; dim < view.shape.rank; ++dim) {
    copy.add(view.shape.sizes[dim], from.strides()[dim], view.strides[dim]);
  }
  copy.collapse();
  return copy.run(context, from, *view.tensor, view.offset);
}

bool copy_same(KernelRuntimeContext& context, const Tensor& self, Tensor& out) {
  View view(self);
  view.add_all();
  return copy_view(context, view, out);
}

bool select(KernelRuntimeContext& context, View& view, int64_t dimension, int64_t index) {
  if (!wrap_index(context, dimension, static_cast<int64_t>(view.shape.rank))) return false;
  const auto dim = static_cast<size_t>(dimension);
  if (!wrap_index(context, index, view.shape.sizes[dim])) return false;
  view.offset += static_cast<ptrdiff_t>(index) * view.strides[dim];
  view.remove(dim);
  return true;
}

bool slice(KernelRuntimeContext& context, View& view, int64_t dimension, const Slice& slice) {
  if (!wrap_index(context, dimension, static_cast<int64_t>(view.shape.rank))) return false;
  if (slice.step <= 0) {
    ET_LOG(Error, "A slice's step must be positive");
    return refuse(context, Error::InvalidArgument);
  }
  int32_t& size = view.shape.sizes[dimension];
  ptrdiff_t& stride = view.strides[dimension];
  const int64_t start = clamp(slice.start, 0, size);
  const int64_t end = clamp(slice.end, size, size);
  if (start < end) view.offset += static_cast<ptrdiff_t>(start) * stride;
  size = start < end ? static_cast<int32_t>((end - start - 1) / slice.step + 1) : 0;
  stride = size > 1 ? stride * static_cast<ptrdiff_t>(slice.step) : 0;
  return true;
}

bool copy_range(KernelRuntimeContext& context, const Tensor& self, int64_t dimension, int64_t start, int64_t size,
                Tensor& out) {
  View view(self);
  view.add_all();
  view.shape.sizes[dimension] = static_cast<int32_t>(size);
  if (size > 0) view.offset = static_cast<ptrdiff_t>(start) * view.strides[dimension];
  return copy_view(context, view, out);
}

}  // namespace etbuild::kernels
