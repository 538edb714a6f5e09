#include "upsampling.h"

namespace etbuild::kernels {

bool expect_upsampling(KernelRuntimeContext& context, Arguments arguments, size_t size_at, size_t factors_at,
                       Upsampling& upsampling) {
  const Tensor& input = tensor(arguments, 0);
  if (!expect(context, input.dim() == 4, "the input must be of 4 dimensions")) return false;
  const bool by_size = !is_none(arguments, size_at);
  if (!expect(context, by_size == is_none(arguments, factors_at), "either sizes or factors must be given")) {
    return false;
  }
  const auto sizes = integers(arguments, size_at);
  const auto factors = reals(arguments, factors_at);
  if (!expect(context, (by_size ? sizes.size() : factors.size()) == 2, "there must be one for each axis")) {
    return false;
  }
  for (size_t axis = 0; axis < 2; ++axis) {
    const double size = by_size ? static_cast<double>(sizes[axis])
                                : static_cast<double>(input.size(static_cast<ssize_t>(axis + 2))) * factors[axis];
    if (!expect(context, size >= 0.0 && size <= INT32_MAX, "sizes must not be negative or too large")) return false;
    upsampling.sizes[axis] = static_cast<int64_t>(size);
    upsampling.scales[axis] = by_size ? 0.0 : factors[axis];
  }
  return true;
}

bool resize_image(KernelRuntimeContext& context, const Upsampling& upsampling, const Tensor& input, Tensor& out) {
  const auto* sizes = upsampling.sizes;
  bool fits = input.dim() == 4 && sizes[0] > 0 && sizes[0] <= INT32_MAX && sizes[1] > 0 && sizes[1] <= INT32_MAX;
  fits = fits && input.size(2) > 0 && input.size(3) > 0;
  if (!expect(context, fits, "images must have elements")) return false;
  const int32_t resized[] = {input.sizes()[0], input.sizes()[1], static_cast<int32_t>(sizes[0]),
                             static_cast<int32_t>(sizes[1])};
  return expect_dtype(context, input.scalar_type(), &out) && resize(context, out, resized);
}

}  // namespace etbuild::kernels
