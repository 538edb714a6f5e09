// quantized_max_pool2d.out(Tensor input, int[] kernel_size, int[] stride, int[] padding, int[] dilation,
//     bool ceil_mode, int input_zero_point, int output_zero_point, int activation_min, int activation_max, *,
//     Tensor(a!) out): the greatest element of each window over int8 images [N, C, H, W], in any layout, cut to the
//     activation's limits. Zero points must be equal, dilation 1, ceil_mode false.
// quantized_max_pool2d_nhwc.out: the same, of images [N, H, W, C].
#include <executorch/runtime/platform/log.h>

#include "pooling.h"

namespace etbuild::kernels::cortex_m {
namespace {

int8_t greatest(const Covered& covered, const Output& output) {
  int32_t most = output.least;
  covered.each([&most](int8_t element) { most = element > most ? element : most; });
  return static_cast<int8_t>(most > output.most ? output.most : most);
}

bool is_pooled(const Extent& extent) { return extent.padding <= extent.size / 2 && extent.dilation == 1; }

void pool_images(KernelRuntimeContext& context, Arguments arguments, Dimensions dimensions) {
  Image input;
  Image out;
  Window window;
  Output output;
  if (!are_arguments(context, arguments, "tllllbiiiit") ||
      !read_image(context, tensor(arguments, 0), dimensions, input) ||
      !read_pair(context, arguments, 1, &Extent::size, window) ||
      !read_pair(context, arguments, 2, &Extent::stride, window) ||
      !read_pair(context, arguments, 3, &Extent::padding, window) ||
      !read_pair(context, arguments, 4, &Extent::dilation, window) || !is_window(context, window) ||
      !read_output(context, 0, integer(arguments, 8), integer(arguments, 9), output)) {
    return;
  }
  if (boolean(arguments, 5) || integer(arguments, 6) != integer(arguments, 7) || !is_pooled(window.rows) ||
      !is_pooled(window.columns)) {
    ET_LOG(Error, "A pool needs equal zero points, dilation 1, no ceil_mode, padding of at most half its window");
    return context.fail(Error::InvalidArgument);
  }
  const int64_t sizes[4] = {input.batches, window.rows.places(input.rows), window.columns.places(input.columns),
                            input.channels};
  if (resize_image(context, tensor(arguments, 10), dimensions, sizes, out)) {
    pool<0>(
        input, out, window,
        [&output](const CoveredRuns& covered, int8_t* to) { for_runs::write_greatest(covered, output, to); },
        [&output](const Covered& covered) { return greatest(covered, output); });
  }
}

}  // namespace

void quantized_max_pool2d_out(KernelRuntimeContext& context, Arguments arguments) {
  pool_images(context, arguments, Dimensions::kChannelsSecond);
}

void quantized_max_pool2d_nhwc_out(KernelRuntimeContext& context, Arguments arguments) {
  pool_images(context, arguments, Dimensions::kChannelsLast);
}

}  // namespace etbuild::kernels::cortex_m
