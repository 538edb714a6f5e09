#include "coordinates.h"

namespace etbuild::kernels {

bool Coordinates::next() {
  for (size_t dim = sizes_.size(); dim-- > 0;) {
    if (++at_[dim] < sizes_[dim]) return true;
    at_[dim] = 0;
  }
  return false;
}

ptrdiff_t Coordinates::offset(const Tensor& tensor) const {
  const size_t missing = sizes_.size() - tensor.sizes().size();
  ptrdiff_t offset = 0;
  for (size_t dim = 0; dim < tensor.sizes().size(); ++dim) {
    if (tensor.sizes()[dim] != 1) offset += static_cast<ptrdiff_t>(at_[dim + missing]) * tensor.strides()[dim];
  }
  return offset;
}

}  // namespace etbuild::kernels
