#include "windows.h"

#include <executorch/runtime/platform/log.h>

namespace etbuild::kernels {

Image::Image(const Tensor& tensor, bool unbatched) : sizes{1, 1, 1, 1, 1}, steps{0, 0, 0, 0, 0} {
  const auto rank = static_cast<size_t>(tensor.dim());
  const size_t leading = unbatched ? 1 : 2;
  for (size_t dim = 0; dim < rank; ++dim) {
    const size_t to = dim < leading ? dim + 2 - leading : 2 + kSpatial - rank + dim;
    sizes[to] = tensor.sizes()[dim];
    steps[to] = tensor.strides()[dim];
  }
}

bool expect_window(KernelRuntimeContext& context, ArrayRef<int64_t> list, size_t rank, int64_t least,
                   int64_t (&values)[kSpatial]) {
  constexpr int64_t kMost = INT32_MAX;
  bool fits = list.empty() || list.size() == 1 || list.size() == rank;
  for (size_t at = 0; fits && at < rank && !list.empty(); ++at) {
    const int64_t value = list[list.size() == 1 ? 0 : at];
    fits = value >= least && value <= kMost;
    values[kSpatial - rank + at] = value;
  }
  if (fits) return true;
  ET_LOG(Error, "A window must have a value for each of %zu dimensions, not too small, has %zu", rank, list.size());
  return refuse(context, Error::InvalidArgument);
}

int64_t count_windows(const Window& window, size_t spatial, int64_t size, bool ceil_mode) {
  const int64_t stride = window.stride[spatial];
  const int64_t padding = window.padding[spatial];
  const int64_t room = size + 2 * padding - window.dilation[spatial] * (window.size[spatial] - 1) - 1;
  const int64_t steps = room + (ceil_mode ? stride - 1 : 0);
  if (steps < 0) return -1;
  int64_t count = steps / stride + 1;
  if (ceil_mode && (count - 1) * stride >= size + padding) --count;  // The last would start behind the image.
  return count;
}

}  // namespace etbuild::kernels
