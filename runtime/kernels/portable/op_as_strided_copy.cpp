// as_strided_copy.out(Tensor self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None, *, Tensor(a!) out):
// elements of self's memory, so many apart, from an offset on.
#include "views.h"

namespace etbuild::kernels {
namespace {

// Whether each element of the view is one of the `count` in memory.
bool lies_within(ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides, int64_t offset, int64_t count) {
  int64_t last = offset;
  bool empty = false;
  for (size_t dim = 0; dim < sizes.size(); ++dim) {
    if (sizes[dim] < 0 || strides[dim] < 0) return false;
    empty = empty || sizes[dim] == 0;
    int64_t extent = 0;
    if (__builtin_mul_overflow(sizes[dim] - 1, strides[dim], &extent) || extent > INT64_MAX - last) return false;
    if (sizes[dim] > 0) last += extent;
  }
  return empty || last < count;
}

}  // namespace

void as_strided_copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tllIt")) return;
  const Tensor& self = tensor(arguments, 0);
  const auto sizes = integers(arguments, 1);
  const auto strides = integers(arguments, 2);
  const int64_t offset = is_none(arguments, 3) ? 0 : integer(arguments, 3);
  const bool pairs = sizes.size() == strides.size() && offset >= 0;
  if (!pairs || !lies_within(sizes, strides, offset, self.numel())) {
    ET_LOG(Error, "Sizes, strides and offset must stay within the tensor");
    return context.fail(Error::InvalidArgument);
  }
  View view(self);
  view.offset = static_cast<ptrdiff_t>(offset);
  for (size_t dim = 0; dim < sizes.size(); ++dim) view.add(sizes[dim], static_cast<ptrdiff_t>(strides[dim]));
  copy_view(context, view, tensor(arguments, 4));
}

}  // namespace etbuild::kernels
