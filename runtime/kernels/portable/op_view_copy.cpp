// view_copy.out(Tensor self, SymInt[] size, *, Tensor(a!) out): the same elements, in the order of their indices, with
// other sizes; one may be -1: what is left.
#include <cinttypes>
#include <cstring>

#include "coordinates.h"
#include "raw_elements.h"
#include "strided_copy.h"
#include "views.h"

namespace etbuild::kernels {
namespace {

// The sizes that are asked for. False if that many elements do not make them.
bool infer(Shape& shape, ArrayRef<int64_t> sizes, int64_t elements) {
  int64_t known = 1;
  size_t open = sizes.size();
  for (size_t dim = 0; dim < sizes.size(); ++dim) {
    if (sizes[dim] == -1 && open == sizes.size()) {
      open = dim;
    } else if (sizes[dim] < 0 || __builtin_mul_overflow(known, sizes[dim], &known)) {
      return false;
    }
  }
  if (open == sizes.size() ? known != elements : known == 0 || elements % known != 0) return false;
  for (size_t dim = 0; dim < sizes.size(); ++dim) shape.add(dim == open ? elements / known : sizes[dim]);
  return true;
}

// Copies where at least one does not lie in the order of its indices.
void reorder(const Tensor& self, const Tensor& out) {
  const size_t size = size_of(self.scalar_type());
  Coordinates from(self.sizes());
  Coordinates to(out.sizes());
  do {
    std::memcpy(mutable_element(out, to.offset(out)), element(self, from.offset(self)), size);
    to.next();
  } while (from.next());
}

}  // namespace

void view_copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tlt")) return;
  const Tensor& self = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 2);
  Shape shape;
  if (!infer(shape, integers(arguments, 1), self.numel())) {
    ET_LOG(Error, "The sizes of a view must make %" PRId64 " elements", static_cast<int64_t>(self.numel()));
    return context.fail(Error::InvalidArgument);
  }
  if (!same_dtype(context, self, out) || !resize(context, out, shape.view())) return;
  if (self.numel() == 0 || self.const_data_ptr() == out.const_data_ptr()) return;
  if (same_layout(self, out) || (is_contiguous(self) && is_contiguous(out))) {
    const size_t size = size_of(self.scalar_type());
    std::memcpy(out.mutable_data_ptr(), self.const_data_ptr(), static_cast<size_t>(self.numel()) * size);
  } else {
    reorder(self, out);
  }
}

}  // namespace etbuild::kernels
