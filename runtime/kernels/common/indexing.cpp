#include "indexing.h"

#include <executorch/runtime/platform/log.h>

#include "raw_elements.h"

namespace etbuild::kernels {
namespace {

bool is_mask(const Tensor& tensor) {
  return tensor.scalar_type() == ScalarType::Bool || tensor.scalar_type() == ScalarType::Byte;
}

// Where the element with that ordinal lies.
ptrdiff_t offset_of(const Tensor& tensor, ptrdiff_t ordinal) {
  ptrdiff_t offset = 0;
  for (size_t dim = tensor.sizes().size(); dim-- > 0;) {
    offset += ordinal % tensor.sizes()[dim] * tensor.strides()[dim];
    ordinal /= tensor.sizes()[dim];
  }
  return offset;
}

bool is_true(const Tensor& mask, ptrdiff_t ordinal) { return *element(mask, offset_of(mask, ordinal)) != 0; }

bool refuse_indices(KernelRuntimeContext& context, [[maybe_unused]] const char* reason) {
  ET_LOG(Error, "A tensor cannot be indexed so: %s", reason);
  return refuse(context, Error::InvalidArgument);
}

}  // namespace

bool Indexing::add(KernelRuntimeContext& context, const Tensor& tensor) {
  const bool mask = is_mask(tensor);
  const size_t dims = mask ? tensor.sizes().size() : 1;
  if (dims_ + dims > self_->sizes().size() || count_ == kMaxRank) return refuse_indices(context, "too many indices");
  Index& index = indices_[count_++];
  index = {&tensor, dims_, 0, -1, -1};
  for (size_t dim = 0; dim < dims; ++dim, ++dims_) {
    indexed_ |= 1U << dims_;
    if (mask && tensor.sizes()[dim] != self_->sizes()[dims_]) return refuse_indices(context, "bools of other sizes");
  }
  if (!mask) {
    if (!holds_indices(tensor)) return refuse_indices(context, "indices must be of dtype Long, Int, Bool or Byte");
    return broadcast(broadcast_, tensor.sizes()) || refuse_indices(context, "indices do not broadcast");
  }
  for (ptrdiff_t at = 0; at < tensor.numel(); ++at) index.trues += is_true(tensor, at) ? 1 : 0;
  const auto trues = static_cast<int32_t>(index.trues);
  return broadcast(broadcast_, {&trues, 1}) || refuse_indices(context, "indices do not broadcast");
}

bool Indexing::plan(KernelRuntimeContext& context, const Tensor& self, ArrayRef<std::optional<Tensor>> indices) {
  self_ = &self;
  const size_t rank = self.sizes().size();
  for (const std::optional<Tensor>& index : indices) {
    if (index.has_value()) {
      if (!add(context, *index)) return false;
    } else if (++dims_ > rank) {
      return refuse_indices(context, "too many indices");
    }
  }
  // Neighbours: a single run of ones.
  const uint32_t lowest = indexed_ & (~indexed_ + 1);
  const bool neighbours = (indexed_ & (indexed_ + lowest)) == 0;
  if (neighbours) {
    while (front_ < rank && !is_indexed(front_)) ++front_;
  }
  if (count_ == 0) front_ = 0;
  for (size_t dim = 0; dim < front_; ++dim) shape_.add(self.sizes()[dim]);
  for (const int32_t size : broadcast_.view()) shape_.add(size);
  for (size_t dim = front_; dim < rank; ++dim) {
    if (!is_indexed(dim)) shape_.add(self.sizes()[dim]);
  }
  for (size_t dim = 0; dim < broadcast_.rank; ++dim) at_[dim] = 0;
  const auto own = static_cast<size_t>(__builtin_popcount(indexed_));
  return broadcast_.rank + rank - own <= kMaxRank || refuse_indices(context, "too many dimensions");
}

ptrdiff_t Indexing::other_stride(const Tensor& other, size_t dim) const {
  const size_t missing = shape_.rank - other.sizes().size();
  if (dim < missing || other.sizes()[dim - missing] == 1) return 0;
  return other.strides()[dim - missing];
}

StridedCopy Indexing::piece(const Tensor& other, bool from_self) const {
  StridedCopy copy;
  size_t place = 0;
  for (size_t dim = 0; dim < self_->sizes().size(); ++dim) {
    if (place == front_) place += broadcast_.rank;
    if (is_indexed(dim)) continue;
    const ptrdiff_t mine = self_->strides()[dim];
    const ptrdiff_t others = other_stride(other, place++);
    copy.add(self_->sizes()[dim], from_self ? mine : others, from_self ? others : mine);
  }
  copy.collapse();
  return copy;
}

void Indexing::find(Index& index, ptrdiff_t ordinal) {
  if (ordinal < index.ordinal) index.place = index.ordinal = -1;
  while (index.ordinal < ordinal) {
    if (is_true(*index.tensor, ++index.place)) ++index.ordinal;
  }
}

bool Indexing::next(KernelRuntimeContext& context, const Tensor& other) {
  size_t dim = broadcast_.rank;
  if (started_) {
    while (dim > 0 && ++at_[dim - 1] == broadcast_.sizes[dim - 1]) at_[--dim] = 0;
    if (dim == 0) return false;
  } else {
    while (dim-- > 0) {
      if (broadcast_.sizes[dim] == 0) return false;
      other_strides_[dim] = other_stride(other, front_ + dim);
    }
  }
  started_ = true;
  self_offset_ = 0;
  other_offset_ = 0;
  for (dim = 0; dim < broadcast_.rank; ++dim) other_offset_ += at_[dim] * other_strides_[dim];
  for (size_t each = 0; each < count_; ++each) {
    Index& index = indices_[each];
    const Tensor& tensor = *index.tensor;
    if (is_mask(tensor)) {
      find(index, index.trues == 1 ? 0 : at_[broadcast_.rank - 1]);
      ptrdiff_t place = index.place;
      for (dim = tensor.sizes().size(); dim-- > 0;) {
        self_offset_ += place % tensor.sizes()[dim] * self_->strides()[index.first + dim];
        place /= tensor.sizes()[dim];
      }
      continue;
    }
    ptrdiff_t offset = 0;
    const size_t missing = broadcast_.rank - tensor.sizes().size();
    for (dim = 0; dim < tensor.sizes().size(); ++dim) {
      if (tensor.sizes()[dim] != 1) offset += static_cast<ptrdiff_t>(at_[dim + missing]) * tensor.strides()[dim];
    }
    int64_t at = index_at(tensor, offset);
    if (!wrap_index(context, at, self_->sizes()[index.first])) return false;
    self_offset_ += static_cast<ptrdiff_t>(at) * self_->strides()[index.first];
  }
  return true;
}

}  // namespace etbuild::kernels
