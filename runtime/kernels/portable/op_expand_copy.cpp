// expand_copy.out(Tensor self, SymInt[] size, *, bool implicit=False, Tensor(a!) out): broadcast to `size`; -1 keeps a
// dimension's.
#include "views.h"

namespace etbuild::kernels {

void expand_copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tlbt")) return;
  const Tensor& self = tensor(arguments, 0);
  const auto sizes = integers(arguments, 1);
  const auto rank = self.sizes().size();
  View view(self);
  bool possible = sizes.size() >= rank;
  for (size_t dim = 0; dim < sizes.size() && possible; ++dim) {
    const size_t missing = sizes.size() - rank;
    const int32_t own = dim < missing ? 1 : self.sizes()[dim - missing];
    const int64_t size = sizes[dim] == -1 && dim >= missing ? own : sizes[dim];
    possible = size >= 0 && (own == 1 || own == size);
    view.add(size, own == 1 ? 0 : self.strides()[dim - missing]);
  }
  if (!possible) {
    ET_LOG(Error, "A tensor of %zu dimensions cannot be expanded to the %zu sizes", rank, sizes.size());
    return context.fail(Error::InvalidArgument);
  }
  copy_view(context, view, tensor(arguments, 3));
}

}  // namespace etbuild::kernels
