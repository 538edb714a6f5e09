// quantized_transpose_conv2d.out(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding,
//     int[] output_padding, int[] dilation, int input_offset, int output_offset, Tensor requantize_multipliers,
//     Tensor requantize_shifts, int activation_min, int activation_max, Tensor scratch, Tensor output_scratch, *,
//     Tensor(a!) out): a transposed convolution of int8 images [N, C, H, W], in any layout, with weights
//     [out, H, W, in], summed up in int32, requantized by output channel. One group only.
// quantized_transpose_conv2d_nhwc.out: the same, of images [N, H, W, C].
// No memory is needed, so `scratch` and `output_scratch` are not used.
#include <executorch/runtime/platform/log.h>

#include "transposed_convolution.h"

namespace etbuild::kernels::cortex_m {
namespace {

// The input's element that reaches a place of the output through an element of the window; -1 if none does.
ptrdiff_t reaching_element(const Extent& extent, ptrdiff_t place, ptrdiff_t element, ptrdiff_t length) {
  const ptrdiff_t moved = place + extent.padding - element * extent.dilation;
  if (moved < 0 || moved % extent.stride != 0) return -1;
  return moved / extent.stride < length ? moved / extent.stride : -1;
}

int64_t length_of(const Extent& extent, int64_t length, ptrdiff_t more) {
  return (length - 1) * extent.stride - 2 * extent.padding + extent.dilation * (extent.size - 1) + more + 1;
}

void convolve_images(KernelRuntimeContext& context, Arguments arguments, Dimensions dimensions) {
  Convolution by;
  Window more;  // Its padding is the output's.
  if (!are_arguments(context, arguments, "ttolllliittiittt") ||
      !read_convolution(context, arguments, dimensions, {6, 7, 0}, by) ||
      !read_pair(context, arguments, 5, &Extent::padding, more) || !is_window(context, more)) {
    return;
  }
  const Window& window = by.window;
  by.depth = by.input.channels;
  by.outputs = tensor(arguments, 1).sizes()[0];
  const auto reaches = [](const Extent& extent, ptrdiff_t padding) {
    return padding < extent.stride || padding < extent.dilation;
  };
  if (tensor(arguments, 1).sizes()[3] != by.depth || !reaches(window.rows, more.rows.padding) ||
      !reaches(window.columns, more.columns.padding)) {
    ET_LOG(Error, "Weights must have the input's channels; output_padding must be less than stride or dilation");
    return context.fail(Error::InvalidArgument);
  }
  const int64_t sizes[4] = {by.input.batches, length_of(window.rows, by.input.rows, more.rows.padding),
                            length_of(window.columns, by.input.columns, more.columns.padding), by.outputs};
  if (!resize_image(context, tensor(arguments, 15), dimensions, sizes, by.out)) return;
  if (!convolve_transposed(by)) convolve<reaching_element>(by);
}

}  // namespace

void quantized_transpose_conv2d_out(KernelRuntimeContext& context, Arguments arguments) {
  convolve_images(context, arguments, Dimensions::kChannelsSecond);
}

void quantized_transpose_conv2d_nhwc_out(KernelRuntimeContext& context, Arguments arguments) {
  convolve_images(context, arguments, Dimensions::kChannelsLast);
}

}  // namespace etbuild::kernels::cortex_m
