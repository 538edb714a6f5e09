// Averages over windows of images, in the dtypes that the including source serves: what pooling by average comes to.

#pragma once

#include <executorch/runtime/kernel/thread_parallel_interface.h>

#include "elements.h"
#include "expect.h"
#include "windows.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

struct Averaging {
  Window window;
  bool adaptive = false;  // Windows that divide the image evenly, instead of `window`.
  bool counts_padding = false;
  int64_t divisor = 0;  // 0: how many elements there are.
};

// Elements along one dimension: what a window covers of the image, and how much with the padding.
struct Range {
  int64_t begin, end, padded;
};

Range range_of(const Averaging& averaging, size_t spatial, int64_t output, int64_t size, int64_t outputs) {
  if (averaging.adaptive) {
    const int64_t begin = output * size / outputs;
    const int64_t end = ((output + 1) * size + outputs - 1) / outputs;
    return {begin, end, end - begin};
  }
  const Window& window = averaging.window;
  int64_t begin = output * window.stride[spatial] - window.padding[spatial];
  int64_t end = begin + window.size[spatial];
  if (end > size + window.padding[spatial]) end = size + window.padding[spatial];
  const int64_t padded = end - begin;
  if (begin < 0) begin = 0;
  if (end > size) end = size;
  return {begin, end, padded};
}

template <typename T>
T average_of(const Averaging& averaging, const Input<T>& input, int64_t at, const Image& from, Range rows,
             Range columns) {
  if (rows.begin >= rows.end || columns.begin >= columns.end) return T(0);
  T sum(0);
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    for (int64_t column = columns.begin; column < columns.end; ++column) {
      sum = wrapping_add(sum, input[at + row * from.steps[3] + column * from.steps[4]]);
    }
  }
  int64_t divisor = averaging.divisor;
  if (divisor == 0 && averaging.counts_padding) divisor = rows.padded * columns.padded;
  if (divisor == 0) divisor = (rows.end - rows.begin) * (columns.end - columns.begin);
  return sum / static_cast<T>(divisor);
}

template <typename T>
void average_plane(const Averaging& averaging, const Tensor& input, Tensor& out, int64_t plane) {
  const Input<T> elements(input);
  const Output<T> results(out);
  const Image from(input, input.dim() == 3);
  const Image to(out, out.dim() == 3);
  const int64_t image = plane / to.sizes[1];
  const int64_t channel = plane % to.sizes[1];
  for (int64_t row = 0; row < to.sizes[3]; ++row) {
    const Range rows = range_of(averaging, 1, row, from.sizes[3], to.sizes[3]);
    for (int64_t column = 0; column < to.sizes[4]; ++column) {
      const Range columns = range_of(averaging, 2, column, from.sizes[4], to.sizes[4]);
      results.set(to.start(image, channel) + row * to.steps[3] + column * to.steps[4],
                  average_of(averaging, elements, from.start(image, channel), from, rows, columns));
    }
  }
}

// Computes it for images of two spatial dimensions; sizes must fit. All must have one dtype: false, and the call has
// failed, if it is not served.
inline bool average(KernelRuntimeContext& context, const Averaging& averaging, const Tensor& input, Tensor& out) {
  const ScalarType type = input.scalar_type();
  if (!expect_dtype(context, type, &out)) return false;
  const Image to(out, out.dim() == 3);
  return expect_served(context, visit_real(type, [&](auto zero) {
                         executorch::extension::parallel_for(
                             0, to.sizes[0] * to.sizes[1], 1, [&](int64_t begin, int64_t end) {
                               for (int64_t plane = begin; plane < end; ++plane) {
                                 average_plane<decltype(zero)>(averaging, input, out, plane);
                               }
                             });
                       }));
}

}  // namespace
}  // namespace etbuild::kernels
