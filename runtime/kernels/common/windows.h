// Windows that slide over images of one to three spatial dimensions, as those of convolution and pooling do.

#pragma once

#include "shapes.h"

namespace etbuild::kernels {

constexpr size_t kSpatial = 3;

// Sizes and steps of a tensor as [images, channels, depth, height, width]; dimensions that it does not have are of 1.
struct Image {
  // `unbatched`: without images. Only for tensors that have spatial dimensions, up to kSpatial.
  explicit Image(const Tensor& tensor, bool unbatched = false);

  int64_t sizes[2 + kSpatial];
  int64_t steps[2 + kSpatial];

  int64_t start(int64_t image, int64_t channel) const { return image * steps[0] + channel * steps[1]; }
};

// Of each spatial dimension, those that are not there first.
struct Window {
  int64_t size[kSpatial] = {1, 1, 1};
  int64_t stride[kSpatial] = {1, 1, 1};
  int64_t padding[kSpatial] = {0, 0, 0};
  int64_t dilation[kSpatial] = {1, 1, 1};
};

// Fills the values of the `rank` last spatial dimensions from a list that has one of each, or one for all; an empty
// list changes nothing. False, and the call has failed with InvalidArgument, if the list is of another length or has
// values below `least`.
bool expect_window(KernelRuntimeContext& context, ArrayRef<int64_t> list, size_t rank, int64_t least,
                   int64_t (&values)[kSpatial]);

// How many windows fit on an image of that size; with `ceil_mode`, the last one may reach over its end. Below 1: none.
int64_t count_windows(const Window& window, size_t spatial, int64_t size, bool ceil_mode);

}  // namespace etbuild::kernels
