#include "lines.h"

namespace etbuild::kernels {

Lines::Lines(const Tensor& of, int64_t along) : tensor(of), dim(along), length(1), count(1), step(1) {
  for (ssize_t at = 0; at < of.dim(); ++at) {
    if (at != along) count *= of.size(at);
  }
  if (along < of.dim()) {
    length = of.size(static_cast<ssize_t>(along));
    step = of.strides()[static_cast<size_t>(along)];
  }
  dense = of.numel() == 0 || (step == 1 && along >= of.dim() - 1 && is_contiguous(of));
}

int64_t Lines::strided_start(int64_t line) const {
  int64_t offset = 0;
  for (ssize_t at = tensor.dim() - 1; at >= 0; --at) {
    if (at == dim) continue;
    offset += line % tensor.size(at) * tensor.strides()[static_cast<size_t>(at)];
    line /= tensor.size(at);
  }
  return offset;
}

}  // namespace etbuild::kernels
