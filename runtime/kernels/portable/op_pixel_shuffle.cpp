// pixel_shuffle.out(Tensor self, int upscale_factor, *, Tensor(a!) out): [..., C * r * r, H, W] as [..., C, H * r,
// W * r]: each square of r by r elements comes from as many channels.
#include "pixels.h"

namespace etbuild::kernels {

void pixel_shuffle_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tit")) return;
  const Tensor& self = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 2);
  const int64_t factor = integer(arguments, 1);
  const size_t rank = self.sizes().size();
  const bool possible = rank >= 3 && factor > 0 && factor <= INT16_MAX;
  if (!possible || self.sizes()[rank - 3] % (factor * factor) != 0) return refuse_pixels(context);
  Shape shape = shape_of(self);
  shape.rank -= 3;
  shape.add(self.sizes()[rank - 3] / (factor * factor));
  shape.add(self.sizes()[rank - 2] * factor);
  shape.add(self.sizes()[rank - 1] * factor);
  if (same_dtype(context, self, out) && resize(context, out, shape.view())) {
    move_pixels(self, out, static_cast<ptrdiff_t>(factor));
  }
}

}  // namespace etbuild::kernels
