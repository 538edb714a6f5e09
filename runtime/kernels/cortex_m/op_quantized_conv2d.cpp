// quantized_conv2d.out(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation,
//     int input_offset, int output_offset, Tensor requantize_multipliers, Tensor requantize_shifts, int activation_min,
//     int activation_max, Tensor scratch, *, Tensor(a!) out): a convolution of int8 images [N, C, H, W] in any layout
//     with weights [out, H, W, in / groups], summed up in int32, requantized by output channel.
// quantized_conv2d_nhwc.out: the same, of images [N, H, W, C].
// No memory is needed, so `scratch` is not used.
#include <executorch/runtime/platform/log.h>

#include "dense_convolution.h"

namespace etbuild::kernels::cortex_m {
namespace {

void convolve_images(KernelRuntimeContext& context, Arguments arguments, Dimensions dimensions) {
  Convolution by;
  if (!are_arguments(context, arguments, "ttollliittiitt") ||
      !read_convolution(context, arguments, dimensions, {5, 6, 0}, by)) {
    return;
  }
  const Window& window = by.window;
  const ptrdiff_t outputs = tensor(arguments, 1).sizes()[0];
  by.depth = tensor(arguments, 1).sizes()[3];
  const ptrdiff_t groups = by.depth > 0 ? by.input.channels / by.depth : 0;
  if (groups == 0 || groups * by.depth != by.input.channels || outputs % groups != 0) {
    ET_LOG(Error, "Input channels and output channels must be divisible by the number of groups");
    return context.fail(Error::InvalidArgument);
  }
  by.outputs = outputs / groups;
  const int64_t sizes[4] = {by.input.batches, window.rows.places(by.input.rows),
                            window.columns.places(by.input.columns), outputs};
  if (!resize_image(context, tensor(arguments, 13), dimensions, sizes, by.out)) return;
  if (!convolve_dense(by)) convolve<seen_element>(by);
}

}  // namespace

void quantized_conv2d_out(KernelRuntimeContext& context, Arguments arguments) {
  convolve_images(context, arguments, Dimensions::kChannelsSecond);
}

void quantized_conv2d_nhwc_out(KernelRuntimeContext& context, Arguments arguments) {
  convolve_images(context, arguments, Dimensions::kChannelsLast);
}

}  // namespace etbuild::kernels::cortex_m
