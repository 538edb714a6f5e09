#include "pixels.h"

#include <executorch/runtime/platform/log.h>

#include "raw_elements.h"
#include "strided_copy.h"

namespace etbuild::kernels {

void move_pixels(const Tensor& self, const Tensor& out, ptrdiff_t factor) {
  if (out.numel() == 0) return;
  const size_t channel = self.sizes().size() - 3;
  const bool shuffles = self.sizes()[channel] > out.sizes()[channel];
  const Tensor& deep = shuffles ? self : out;
  const Tensor& wide = shuffles ? out : self;
  StridedCopy copy;
  const auto add = [&](ptrdiff_t size, ptrdiff_t deep_stride, ptrdiff_t wide_stride) {
    copy.add(size, shuffles ? deep_stride : wide_stride, shuffles ? wide_stride : deep_stride);
  };
  for (size_t dim = 0; dim < channel; ++dim) add(deep.sizes()[dim], deep.strides()[dim], wide.strides()[dim]);
  const ptrdiff_t deep_channel = deep.strides()[channel];
  add(wide.sizes()[channel], factor * factor * deep_channel, wide.strides()[channel]);
  add(factor, factor * deep_channel, wide.strides()[channel + 1]);
  add(factor, deep_channel, wide.strides()[channel + 2]);
  for (size_t dim = channel + 1; dim < channel + 3; ++dim) {
    add(deep.sizes()[dim], deep.strides()[dim], factor * wide.strides()[dim]);
  }
  copy.collapse();
  copy.run(size_of(self.scalar_type()), self.const_data_ptr(), out.mutable_data_ptr());
}

void refuse_pixels(KernelRuntimeContext& context) {
  ET_LOG(Error, "Pixels must be in at least 3 dimensions, of sizes that the factor divides");
  context.fail(Error::InvalidArgument);
}

}  // namespace etbuild::kernels
