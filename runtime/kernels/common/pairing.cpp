#include "pairing.h"

#include <executorch/runtime/platform/log.h>

#include "raw_elements.h"

namespace etbuild::kernels {

bool Pairing::plan(KernelRuntimeContext& context, int64_t dimension) {
  const auto sizes = index_.sizes();
  const size_t rank = indexed_.sizes().size();
  if (!wrap_dimension(context, dimension, rank)) return false;
  dimension_ = static_cast<size_t>(dimension);
  if (index_.numel() == 0) return true;
  // A tensor without dimensions and one of a single dimension may meet.
  bool fits = sizes.size() == rank || (sizes.size() <= 1 && rank <= 1);
  for (size_t dim = 0; fits && dim < rank && dim < sizes.size(); ++dim) {
    fits = dim == dimension_ || sizes[dim] <= indexed_.sizes()[dim];
  }
  if (fits && holds_indices(index_)) return true;
  ET_LOG(Error, "An index must be of dtype Long or Int, and not larger than what it indexes");
  return refuse(context, Error::InvalidArgument);
}

bool Pairing::covers(KernelRuntimeContext& context, const Tensor& source) const {
  const auto sizes = index_.sizes();
  bool covers = sizes.size() == source.sizes().size() || (sizes.size() <= 1 && source.dim() <= 1);
  for (size_t dim = 0; covers && dim < sizes.size(); ++dim) {
    covers = sizes[dim] <= size_at(source, static_cast<int64_t>(dim));
  }
  if (covers || index_.numel() == 0) return true;
  ET_LOG(Error, "An index must not be larger than the source that it distributes");
  return refuse(context, Error::InvalidArgument);
}

bool Pairing::next(KernelRuntimeContext& context) {
  if (started_ ? !at_.next() : index_.numel() == 0) return false;
  started_ = true;
  int64_t named = index_at(index_, offset(index_));  // Never counted from the back.
  if (named < 0) named = INT64_MAX;
  const auto dimension = static_cast<int64_t>(dimension_);
  if (named < 0 || !wrap_index(context, named, size_at(indexed_, dimension))) {
    return refuse(context, Error::InvalidArgument);
  }
  indexed_offset_ = static_cast<ptrdiff_t>(named) * stride_at(indexed_, dimension);
  for (size_t dim = 0; dim < indexed_.sizes().size(); ++dim) {
    if (dim != dimension_) indexed_offset_ += static_cast<ptrdiff_t>(at_[dim]) * indexed_.strides()[dim];
  }
  return true;
}

ptrdiff_t Pairing::offset(const Tensor& tensor) const {
  ptrdiff_t offset = 0;
  for (size_t dim = 0; dim < tensor.sizes().size(); ++dim) {
    offset += static_cast<ptrdiff_t>(at_[dim]) * tensor.strides()[dim];
  }
  return offset;
}

}  // namespace etbuild::kernels
