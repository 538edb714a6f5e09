// What gather and scatter have in common: each element of an index tensor names, along one dimension, an element of
// another tensor.
//
//     Pairing pairing(self, index);
//     if (!pairing.plan(context, dimension)) return;
//     while (pairing.next(context)) ... pairing.indexed_offset(), pairing.offset(source) ...

#pragma once

#include "coordinates.h"

namespace etbuild::kernels {

class Pairing {
 public:
  Pairing(const Tensor& indexed, const Tensor& index) : indexed_(indexed), index_(index), at_(index.sizes()) {}

  // False if the call has failed with InvalidArgument: no such dimension, or the sizes do not fit.
  bool plan(KernelRuntimeContext& context, int64_t dimension);

  // Whether a tensor has an element for each of the index; if not, the call has failed with InvalidArgument.
  bool covers(KernelRuntimeContext& context, const Tensor& source) const;

  // Goes to the first element of the index, or to the next. False if there is none, or if the call has failed: the
  // index is out of range.
  bool next(KernelRuntimeContext& context);

  // Of the element that is named.
  ptrdiff_t indexed_offset() const { return indexed_offset_; }

  // Of the element of the same indices in a tensor of at least the index's sizes.
  ptrdiff_t offset(const Tensor& tensor) const;

 private:
  const Tensor& indexed_;
  const Tensor& index_;
  Coordinates at_;
  size_t dimension_ = 0;
  bool started_ = false;
  ptrdiff_t indexed_offset_ = 0;
};

}  // namespace etbuild::kernels
