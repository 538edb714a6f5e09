// upsample_bilinear2d.vec_out(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors, *,
// Tensor(a!) out): each output is weighed of the four inputs that it lies between.
#include "elements.h"
#include "upsampling.h"

namespace etbuild::kernels {
namespace {

// The inputs that an output lies between, and how much of the second it is.
template <typename T>
struct Between {
  Between(int64_t output, int64_t inputs, T scale, bool align_corners) {
    T at = align_corners ? scale * static_cast<T>(output)
                         : scale * (static_cast<T>(output) + static_cast<T>(0.5)) - static_cast<T>(0.5);
    if (at < T(0)) at = T(0);
    first = static_cast<int64_t>(at);
    if (first > inputs - 1) first = inputs - 1;
    second = first < inputs - 1 ? first + 1 : first;
    part = at - static_cast<T>(first);
    if (part > T(1)) part = T(1);
  }

  int64_t first, second;
  T part;
};

template <typename T>
void upsample(const Upsampling& upsampling, const Tensor& input, bool align_corners, Tensor& out) {
  const Input<T> elements(input);
  const Output<T> results(out);
  const Image from(input);
  const Image to(out);
  const T row_scale = input_scale<T>(upsampling, 0, from.sizes[3], align_corners);
  const T column_scale = input_scale<T>(upsampling, 1, from.sizes[4], align_corners);
  for (int64_t plane = 0; plane < to.sizes[0] * to.sizes[1]; ++plane) {
    const int64_t image = plane / to.sizes[1];
    const int64_t channel = plane % to.sizes[1];
    for (int64_t row = 0; row < to.sizes[3]; ++row) {
      const Between<T> rows(row, from.sizes[3], row_scale, align_corners);
      const int64_t upper = from.start(image, channel) + rows.first * from.steps[3];
      const int64_t lower = from.start(image, channel) + rows.second * from.steps[3];
      for (int64_t column = 0; column < to.sizes[4]; ++column) {
        const Between<T> columns(column, from.sizes[4], column_scale, align_corners);
        const int64_t left = columns.first * from.steps[4];
        const int64_t right = columns.second * from.steps[4];
        const T above = (T(1) - columns.part) * elements[upper + left] + columns.part * elements[upper + right];
        const T below = (T(1) - columns.part) * elements[lower + left] + columns.part * elements[lower + right];
        results.set(to.start(image, channel) + row * to.steps[3] + column * to.steps[4],
                    (T(1) - rows.part) * above + rows.part * below);
      }
    }
  }
}

}  // namespace

void upsample_bilinear2d_vec_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tLbEt")) return;
  const Tensor& input = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 4);
  Upsampling upsampling;
  if (!expect_upsampling(context, arguments, 1, 3, upsampling)) return;
  if (!resize_image(context, upsampling, input, out)) return;
  expect_served(context, visit_floating(input.scalar_type(), [&](auto zero) {
                  upsample<decltype(zero)>(upsampling, input, boolean(arguments, 2), out);
                }));
}

}  // namespace etbuild::kernels
