#include "convolution_arguments.h"

#include "expect.h"

namespace etbuild::kernels {

bool expect_convolution(KernelRuntimeContext& context, Arguments arguments, size_t index, const Tensor& input,
                        const Tensor& weight, Convolution& convolution) {
  const ssize_t rank = input.dim();
  const bool has_rank = rank >= 3 && rank <= 2 + static_cast<ssize_t>(kSpatial) && weight.dim() == rank;
  if (!expect(context, has_rank, "convolution must be of 3 to 5 dimensions")) return false;
  Window& window = convolution.window;
  const auto spatial = static_cast<size_t>(rank - 2);
  if (!expect_window(context, integers(arguments, index), spatial, 1, window.stride) ||
      !expect_window(context, integers(arguments, index + 1), spatial, 0, window.padding) ||
      !expect_window(context, integers(arguments, index + 2), spatial, 1, window.dilation)) {
    return false;
  }
  convolution.transposed = boolean(arguments, index + 3);
  if (convolution.transposed &&
      !expect_window(context, integers(arguments, index + 4), spatial, 0, convolution.output_padding)) {
    return false;
  }
  for (size_t dim = 0; dim < spatial; ++dim) {
    window.size[kSpatial - spatial + dim] = weight.size(static_cast<ssize_t>(dim + 2));
  }
  const int64_t groups = integer(arguments, index + 5);
  convolution.groups = groups;
  bool fits = groups > 0 && input.size(1) % groups == 0 && weight.size(0) % groups == 0;
  if (convolution.transposed) {
    fits = fits && weight.size(0) == input.size(1);
  } else {
    fits = fits && weight.size(1) == input.size(1) / groups;
  }
  return expect(context, fits, "weights must fit the input and the groups");
}

bool expect_output(KernelRuntimeContext& context, const Convolution& convolution, const Tensor& input,
                   const Tensor& weight, Shape& shape) {
  const Window& window = convolution.window;
  const auto rank = static_cast<size_t>(input.dim());
  shape.rank = rank;
  shape.sizes[0] = input.sizes()[0];
  shape.sizes[1] = weight.sizes()[0];
  if (convolution.transposed) shape.sizes[1] = static_cast<int32_t>(weight.size(1) * convolution.groups);
  for (size_t dim = 2; dim < rank; ++dim) {
    const size_t spatial = kSpatial + dim - rank;
    const int64_t size = input.sizes()[dim];
    int64_t count = 0;
    if (convolution.transposed) {
      count = (size - 1) * window.stride[spatial] - 2 * window.padding[spatial] +
              window.dilation[spatial] * (window.size[spatial] - 1) + convolution.output_padding[spatial] + 1;
    } else {
      count = count_windows(window, spatial, size, false);
    }
    if (!expect(context, count >= 0 && count <= INT32_MAX, "the window must fit the input")) return false;
    shape.sizes[dim] = static_cast<int32_t>(count);
  }
  return true;
}

}  // namespace etbuild::kernels
