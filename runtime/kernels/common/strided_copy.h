// Copies regions: one index walks a source and a target, each with steps of its own. Views, permutations, slices,
// concatenations, repetitions and flips (a step may be negative, or 0 in the source) are such regions.
//
//     StridedCopy copy;
//     for (...) copy.add(size, step_in_source, step_in_target);
//     copy.collapse();
//     copy.run(element_size, source, target);

#pragma once

#include "dtypes.h"
#include "shapes.h"

namespace etbuild::kernels {

class StridedCopy {
 public:
  // What a region may have: a repetition has two for each of a tensor.
  static constexpr size_t kMost = 2 * kMaxRank;

  // Another dimension: so many indices, so many elements apart in the source and in the target.
  void add(ptrdiff_t size, ptrdiff_t from, ptrdiff_t to);

  // Joins and sorts dimensions; after all are added.
  void collapse();

  // Copies elements of `size` bytes, a power of two up to 16. Any number of times. Source and target may not overlap.
  void run(size_t size, const void* from, void* to) const;

  // The same from one dtype to another; false if convert() does not know them.
  bool run(ScalarType from_type, const void* from, ScalarType to_type, void* to) const;

  // From a tensor's first element to another, so many elements from its first on. False if the call has failed: with
  // NotSupported, if convert() does not know the dtypes.
  bool run(KernelRuntimeContext& context, const Tensor& from, const Tensor& to, ptrdiff_t offset) const;

  // Adds instead; false if accumulate() does not know the dtype.
  bool add_up(ScalarType type, const void* from, void* to) const;

 private:
  struct Dimension {
    ptrdiff_t size;
    ptrdiff_t from;
    ptrdiff_t to;
  };

  template <typename Visitor>
  void each(size_t first, const Visitor& visit) const;

  Dimension dimensions_[kMost];  // Innermost first, once collapsed.
  size_t rank_ = 0;
  bool empty_ = false;
};

// Copies a tensor to another of at least its sizes, from an offset on, in elements. False if the call has failed.
bool copy_into(KernelRuntimeContext& context, const Tensor& from, const Tensor& to, ptrdiff_t offset = 0);

}  // namespace etbuild::kernels
