// index_select.out(Tensor self, int dim, Tensor index, *, Tensor(a!) out): these indices of a dimension.
#include "raw_elements.h"
#include "strided_copy.h"
#include "views.h"

namespace etbuild::kernels {
namespace {

bool select_all(KernelRuntimeContext& context, const Tensor& self, int64_t dim, const Tensor& index,
                const Tensor& out) {
  StridedCopy slice;
  for (size_t at = 0; at < self.sizes().size(); ++at) {
    if (at != static_cast<size_t>(dim)) slice.add(self.sizes()[at], self.strides()[at], out.strides()[at]);
  }
  slice.collapse();
  const size_t size = size_of(self.scalar_type());
  for (ptrdiff_t at = 0; at < index.numel(); ++at) {
    int64_t named = index_at(index, at);
    if (named < 0) named = INT64_MAX;  // Never counted from the back.
    if (!wrap_index(context, named, size_at(self, dim))) return false;
    slice.run(size, element(self, static_cast<ptrdiff_t>(named) * stride_at(self, dim)),
              mutable_element(out, at * stride_at(out, dim)));
  }
  return true;
}

}  // namespace

void index_select_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "titt")) return;
  const Tensor& self = tensor(arguments, 0);
  int64_t dim = integer(arguments, 1);
  const Tensor& index = tensor(arguments, 2);
  Tensor& out = tensor(arguments, 3);
  if (!wrap_dimension(context, dim, self.sizes().size()) || !same_dtype(context, self, out)) return;
  if (index.dim() > 1 || !holds_indices(index) || (self.dim() == 0 && index.numel() != 1)) {
    ET_LOG(Error, "Indices must be of dtype Long or Int, in one dimension");
    return context.fail(Error::InvalidArgument);
  }
  Shape shape = shape_of(self);
  if (shape.rank > 0) shape.sizes[dim] = static_cast<int32_t>(index.numel());
  if (resize(context, out, shape.view())) select_all(context, self, dim, index, out);
}

}  // namespace etbuild::kernels
