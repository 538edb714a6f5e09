#include "pooling.h"

#include "expect.h"

namespace etbuild::kernels {

bool expect_pooling(KernelRuntimeContext& context, Arguments arguments, size_t index, bool dilated, Window& window) {
  const auto stride = integers(arguments, index + 1);
  if (!expect(context, !integers(arguments, index).empty(), "kernel_size must be given") ||
      !expect_window(context, integers(arguments, index), 2, 1, window.size) ||
      !expect_window(context, stride.empty() ? integers(arguments, index) : stride, 2, 1, window.stride) ||
      !expect_window(context, integers(arguments, index + 2), 2, 0, window.padding) ||
      !expect_window(context, dilated ? integers(arguments, index + 3) : ArrayRef<int64_t>(), 2, 1, window.dilation)) {
    return false;
  }
  bool fits = true;
  for (size_t spatial = 1; spatial < kSpatial; ++spatial) {
    const int64_t reach = (window.size[spatial] - 1) * window.dilation[spatial] + 1;
    fits = fits && window.padding[spatial] <= reach / 2;
  }
  return expect(context, fits, "padding must be at most half of the window");
}

bool expect_pooled(KernelRuntimeContext& context, const Window& window, bool ceil_mode, const Tensor& input,
                   Shape& shape) {
  const auto rank = static_cast<size_t>(input.dim());
  if (!expect(context, rank == 3 || rank == 4, "the input must be of 3 or 4 dimensions")) return false;
  shape.rank = rank;
  for (size_t dim = 0; dim < rank; ++dim) {
    shape.sizes[dim] = input.sizes()[dim];
    if (dim + 2 < rank) continue;
    const int64_t count = count_windows(window, kSpatial + dim - rank, input.sizes()[dim], ceil_mode);
    if (!expect(context, count >= 1 && count <= INT32_MAX, "the window must fit the input")) return false;
    shape.sizes[dim] = static_cast<int32_t>(count);
  }
  return true;
}

}  // namespace etbuild::kernels
