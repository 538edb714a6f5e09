// flip.out(Tensor self, int[] dims, *, Tensor(a!) out): these dimensions counted from the back.
#include "views.h"

namespace etbuild::kernels {

void flip_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tlt")) return;
  const Tensor& self = tensor(arguments, 0);
  View view(self);
  view.add_all();
  uint32_t flipped = 0;
  for (int64_t dim : integers(arguments, 1)) {
    if (!wrap_dimension(context, dim, view.shape.rank)) return;
    if (((flipped >> dim) & 1U) != 0) {
      ET_LOG(Error, "Dimension %d is flipped twice", static_cast<int>(dim));
      return context.fail(Error::InvalidArgument);
    }
    flipped |= 1U << dim;
    if (size_at(self, dim) < 2) continue;
    view.offset += (size_at(self, dim) - 1) * view.strides[dim];
    view.strides[dim] = -view.strides[dim];
  }
  copy_view(context, view, tensor(arguments, 2));
}

}  // namespace etbuild::kernels
