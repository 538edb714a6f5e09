#include "pairing.h"

#include <executorch/runtime/platform/log.h>

#include "raw_elements.h"

namespace etbuild::kernels {
namespace {

// A tensor without dimensions and one of a single dimension may meet.
bool have_similar_ranks(const Tensor& left, const Tensor& right) {
  return left.dim() == right.dim() || (left.dim() <= 1 && right.dim() <= 1);
}

}  // namespace

bool Pairing::plan(KernelRuntimeContext& context, const Tensor& indexed, int64_t dimension, const Tensor& index) {
  if (!wrap_dimension(context, dimension, indexed.sizes().size())) return false;
  index_ = &index;
  if (index.numel() == 0) return true;
  size_ = size_at(indexed, dimension);
  stride_ = stride_at(indexed, dimension);
  bool fits = have_similar_ranks(indexed, index) && holds_indices(index);
  for (int64_t dim = 0; fits && dim < index.dim(); ++dim) {
    const auto at = static_cast<size_t>(dim);
    fits = dim == dimension || index.sizes()[at] <= size_at(indexed, dim);
    at_[at] = 0;
    steps_[at].index = index.strides()[at];
    steps_[at].indexed = dim == dimension ? 0 : stride_at(indexed, dim);
  }
  if (fits) return true;
  ET_LOG(Error, "An index must be of dtype Long or Int, and not larger than what it indexes");
  return refuse(context, Error::InvalidArgument);
}

bool Pairing::covers(KernelRuntimeContext& context, const Tensor& source) const {
  const auto sizes = index_->sizes();
  bool covers = have_similar_ranks(source, *index_);
  for (size_t dim = 0; covers && dim < sizes.size(); ++dim) {
    covers = sizes[dim] <= size_at(source, static_cast<int64_t>(dim));
  }
  if (covers || index_->numel() == 0) return true;
  ET_LOG(Error, "An index must not be larger than the source that it distributes");
  return refuse(context, Error::InvalidArgument);
}

void Pairing::pair_with(const Tensor& tensor) {
  for (size_t dim = 0; dim < index_->sizes().size(); ++dim) {
    steps_[dim].paired = stride_at(tensor, static_cast<int64_t>(dim));
  }
}

bool Pairing::advance() {
  const auto sizes = index_->sizes();
  for (size_t dim = sizes.size(); dim-- > 0;) {
    if (++at_[dim] < sizes[dim]) {
      offset_.move(steps_[dim], 1);
      return true;
    }
    at_[dim] = 0;
    offset_.move(steps_[dim], 1 - sizes[dim]);
  }
  return false;
}

bool Pairing::next(KernelRuntimeContext& context) {
  if (started_ ? !advance() : index_->numel() == 0) return false;
  started_ = true;
  const int64_t named = index_at(*index_, offset_.index);
  named_ = static_cast<ptrdiff_t>(named) * stride_;
  if (named >= 0 && named < size_) return true;
  ET_LOG(Error, "An index must be within [0, %d), is %d", static_cast<int>(size_), static_cast<int>(named));
  return refuse(context, Error::InvalidArgument);
}

}  // namespace etbuild::kernels
