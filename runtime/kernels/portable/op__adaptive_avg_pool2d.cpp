// _adaptive_avg_pool2d.out(Tensor self, SymInt[2] output_size, *, Tensor(a!) out): averages over windows that divide
// the input evenly.
#include "average_windows.h"
#include "expect.h"

namespace etbuild::kernels {

void _adaptive_avg_pool2d_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tlt")) return;
  const Tensor& self = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 2);
  int64_t sizes[kSpatial] = {1, 0, 0};
  if (!expect_window(context, integers(arguments, 1), 2, 0, sizes)) return;
  if (!expect(context, self.dim() == 3 || self.dim() == 4, "the input must be of 3 or 4 dimensions")) return;
  Shape shape;
  shape.rank = static_cast<size_t>(self.dim());
  for (size_t dim = 0; dim < shape.rank; ++dim) {
    const bool is_spatial = dim + 2 >= shape.rank;
    shape.sizes[dim] = is_spatial ? static_cast<int32_t>(sizes[kSpatial + dim - shape.rank]) : self.sizes()[dim];
  }
  Averaging averaging;
  averaging.adaptive = true;
  if (resize(context, out, shape.view())) average(context, averaging, self, out);
}

}  // namespace etbuild::kernels
