// repeat.out(Tensor self, SymInt[] repeats, *, Tensor(a!) out): so many copies along each dimension; of which there may
// be more than self's, in front.
#include "raw_elements.h"
#include "strided_copy.h"
#include "views.h"

namespace etbuild::kernels {

void repeat_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tlt")) return;
  const Tensor& self = tensor(arguments, 0);
  const auto repeats = integers(arguments, 1);
  Tensor& out = tensor(arguments, 2);
  const size_t rank = self.sizes().size();
  if (repeats.size() < rank) {
    ET_LOG(Error, "There must be a repetition for each of %zu dimensions, are %zu", rank, repeats.size());
    return context.fail(Error::InvalidArgument);
  }
  const size_t more = repeats.size() - rank;
  Shape shape;
  for (size_t dim = 0; dim < repeats.size(); ++dim) {
    int64_t size = -1;
    if (__builtin_mul_overflow(repeats[dim], dim < more ? 1 : self.sizes()[dim - more], &size) || repeats[dim] < 0) {
      size = -1;
    }
    shape.add(size);
  }
  if (!same_dtype(context, self, out) || !resize(context, out, shape.view()) || out.numel() == 0) return;
  StridedCopy copy;
  for (size_t dim = 0; dim < repeats.size(); ++dim) {
    const ptrdiff_t stride = out.strides()[dim];
    const ptrdiff_t size = dim < more ? 1 : self.sizes()[dim - more];
    if (dim >= more) copy.add(size, self.strides()[dim - more], stride);
    copy.add(static_cast<ptrdiff_t>(repeats[dim]), 0, size * stride);
  }
  copy.collapse();
  copy.run(size_of(self.scalar_type()), self.const_data_ptr(), out.mutable_data_ptr());
}

}  // namespace etbuild::kernels
