// quantized_avg_pool2d.out(Tensor input, int[] kernel_size, int[] stride, int[] padding, bool ceil_mode,
//     int zero_point, int multiplier, int shift, Tensor scratch, *, Tensor(a!) out): the mean of each window over int8
//     images [N, C, H, W], in any layout; what lies outside of the image does not count. Computed in floats of the
//     scale multiplier * 2^shift / 2^31, halves rounded to even.
// quantized_avg_pool2d_nhwc.out: the same, of images [N, H, W, C].
// No memory is needed, so `scratch` is not used.
#include <executorch/runtime/platform/log.h>

#include <cmath>

#include "pooling.h"
#include "rounding.h"

namespace etbuild::kernels::cortex_m {
namespace {

constexpr int32_t kAtOnce = 8;  // Channels.

int8_t mean_of(float sum, int64_t count, const Mean& by) {
  float value = round_half_even(sum / static_cast<float>(count) / by.scale) + by.zero_point;
  value = value < -128.0f ? -128.0f : value;
  return static_cast<int8_t>(value > 127.0f ? 127.0f : value);
}

int8_t mean_of(const Covered& covered, const Mean& by) {
  float sum = 0;
  covered.each([&](int8_t element) { sum += (static_cast<float>(element) - by.zero_point) * by.scale; });
  return mean_of(sum, covered.count(), by);
}

void write_means(const CoveredRuns& covered, const Mean& by, int8_t* to) {
  float sums[kAtOnce];
  for_runs::sum_channels(covered, by, sums);
  for (ptrdiff_t at = 0; at < covered.channels; ++at) to[at] = mean_of(sums[at], covered.rows * covered.columns, by);
}

bool is_pooled(const Extent& extent) { return extent.padding <= extent.size / 2; }

void pool_images(KernelRuntimeContext& context, Arguments arguments, Dimensions dimensions) {
  Image input;
  Image out;
  Window window;
  if (!are_arguments(context, arguments, "tlllbiiitt") ||
      !read_image(context, tensor(arguments, 0), dimensions, input) ||
      !read_pair(context, arguments, 1, &Extent::size, window) ||
      !read_pair(context, arguments, 2, &Extent::stride, window) ||
      !read_pair(context, arguments, 3, &Extent::padding, window) || !is_window(context, window)) {
    return;
  }
  const int64_t shift = integer(arguments, 7);
  const bool is_scale = shift >= -126 && shift <= 126;
  const double fraction = static_cast<double>(integer(arguments, 6)) / 2147483648.0;
  const float scale = is_scale ? static_cast<float>(std::ldexp(fraction, static_cast<int>(shift))) : 0.0f;
  const auto zero_point = static_cast<float>(integer(arguments, 5));
  if (!(scale > 0.0f) || !is_pooled(window.rows) || !is_pooled(window.columns)) {
    ET_LOG(Error, "A pool's scale must be positive, its padding at most half its window");
    return context.fail(Error::InvalidArgument);
  }
  const bool rounds_up = boolean(arguments, 4);
  const int64_t sizes[4] = {input.batches, window.rows.places(input.rows, rounds_up),
                            window.columns.places(input.columns, rounds_up), input.channels};
  if (resize_image(context, tensor(arguments, 9), dimensions, sizes, out)) {
    const Mean by = {zero_point, scale};
    pool<kAtOnce>(
        input, out, window, [&by](const CoveredRuns& covered, int8_t* to) { write_means(covered, by, to); },
        [&by](const Covered& covered) { return mean_of(covered, by); });
  }
}

}  // namespace

void quantized_avg_pool2d_out(KernelRuntimeContext& context, Arguments arguments) {
  pool_images(context, arguments, Dimensions::kChannelsSecond);
}

void quantized_avg_pool2d_nhwc_out(KernelRuntimeContext& context, Arguments arguments) {
  pool_images(context, arguments, Dimensions::kChannelsLast);
}

}  // namespace etbuild::kernels::cortex_m
