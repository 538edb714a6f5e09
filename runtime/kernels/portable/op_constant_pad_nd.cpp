// constant_pad_nd.out(Tensor self, SymInt[] pad, Scalar value=0, *, Tensor(a!) out): with so many more elements of that
// value before and after the last dimension, the last but one, ...; fewer than 0 cut off.
#include "fill.h"
#include "raw_elements.h"
#include "strided_copy.h"
#include "views.h"

namespace etbuild::kernels {

void constant_pad_nd_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tlst")) return;
  const Tensor& self = tensor(arguments, 0);
  const auto pad = integers(arguments, 1);
  Tensor& out = tensor(arguments, 3);
  const size_t rank = self.sizes().size();
  if (pad.size() % 2 != 0 || pad.size() > 2 * rank) {
    ET_LOG(Error, "There must be two numbers to pad each of up to %zu dimensions, are %zu in all", rank, pad.size());
    return context.fail(Error::InvalidArgument);
  }
  Shape shape;
  int64_t before[kMaxRank] = {};
  int64_t after[kMaxRank] = {};
  for (size_t dim = 0; dim < rank; ++dim) {
    const size_t at = 2 * (rank - 1 - dim);
    const int64_t size = self.sizes()[dim];
    if (at < pad.size()) {
      const bool possible =
          pad[at] >= -size && pad[at] <= INT32_MAX && pad[at + 1] >= -size && pad[at + 1] <= INT32_MAX;
      before[dim] = possible ? pad[at] : -size - 1;
      after[dim] = possible ? pad[at + 1] : 0;
    }
    shape.add(size + before[dim] + after[dim]);
  }
  if (!same_dtype(context, self, out) || !resize(context, out, shape.view())) return;
  if (out.numel() == 0 || !fill(context, Number(*arguments[2]), out)) return;
  StridedCopy copy;
  ptrdiff_t from = 0;
  ptrdiff_t to = 0;
  for (size_t dim = 0; dim < rank; ++dim) {
    const ptrdiff_t cut = (before[dim] < 0 ? -before[dim] : 0) + (after[dim] < 0 ? -after[dim] : 0);
    copy.add(self.sizes()[dim] - cut, self.strides()[dim], out.strides()[dim]);
    if (before[dim] < 0) from -= before[dim] * self.strides()[dim];
    if (before[dim] > 0) to += before[dim] * out.strides()[dim];
  }
  copy.collapse();
  copy.run(size_of(self.scalar_type()), element(self, from), mutable_element(out, to));
}

}  // namespace etbuild::kernels
