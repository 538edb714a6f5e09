// What gather and scatter have in common: each element of an index tensor names, along one dimension, an element of
// another tensor, and has one of the same indices in a third.
//
//     Pairing pairing;
//     if (!pairing.plan(context, self, dimension, index)) return;
//     pairing.pair_with(source);
//     while (pairing.next(context)) ... pairing.indexed_offset(), pairing.paired_offset() ...

#pragma once

#include "shapes.h"

namespace etbuild::kernels {

class Pairing {
 public:
  // False if the call has failed with InvalidArgument: no such dimension, or the sizes do not fit.
  bool plan(KernelRuntimeContext& context, const Tensor& indexed, int64_t dimension, const Tensor& index);

  // Whether a tensor has an element for each of the index; if not, the call has failed with InvalidArgument.
  bool covers(KernelRuntimeContext& context, const Tensor& source) const;

  // Which tensor, of at least the index's sizes, the elements are paired with; before the first step.
  void pair_with(const Tensor& tensor);

  // Goes to the first element of the index, or to the next. False if there is none, or if the call has failed: the
  // index is out of range.
  bool next(KernelRuntimeContext& context);

  // Of the elements that are paired: the one that the index names, the one of the same indices.
  ptrdiff_t indexed_offset() const { return offset_.indexed + named_; }
  ptrdiff_t paired_offset() const { return offset_.paired; }

 private:
  // Where an element lies in each of the tensors, or how far from one to the next.
  struct Places {
    ptrdiff_t index = 0;
    ptrdiff_t indexed = 0;  // Without the dimension that is indexed.
    ptrdiff_t paired = 0;

    void move(const Places& step, ptrdiff_t times) {
      index += step.index * times;
      indexed += step.indexed * times;
      paired += step.paired * times;
    }
  };

  bool advance();

  const Tensor* index_ = nullptr;
  int64_t size_ = 0;      // Of the dimension that is indexed,
  ptrdiff_t stride_ = 0;  // and its stride.
  bool started_ = false;
  int32_t at_[kMaxRank];
  Places steps_[kMaxRank];
  Places offset_;
  ptrdiff_t named_ = 0;
};

}  // namespace etbuild::kernels
