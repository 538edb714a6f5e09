// max_pool2d_with_indices.out(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1,
// bool ceil_mode=False, *, Tensor(a!) out, Tensor(b!) indices): the largest of each window, NaN before all, and where
// on its plane it is.
#include <executorch/runtime/kernel/thread_parallel_interface.h>

#include <limits>

#include "elements.h"
#include "expect.h"
#include "pooling.h"

namespace etbuild::kernels {
namespace {

struct MaxPooling {
  const Tensor& self;
  Window window;
  Tensor &out, &indices;
};

// The taps of a window that lie on the image.
struct Taps {
  int64_t begin, end, step;
};

Taps taps_of(const Window& window, size_t spatial, int64_t output, int64_t size) {
  const int64_t step = window.dilation[spatial];
  int64_t begin = output * window.stride[spatial] - window.padding[spatial];
  const int64_t end = begin + window.size[spatial] * step;
  if (begin < 0) begin += (step - 1 - begin) / step * step;
  return {begin, end < size ? end : size, step};
}

template <typename T>
void pool_plane(const MaxPooling& pooling, int64_t plane) {
  const Input<T> elements(pooling.self);
  const Output<T> results(pooling.out);
  const Image from(pooling.self, pooling.self.dim() == 3);
  const Image to(pooling.out, pooling.out.dim() == 3);
  const Image places(pooling.indices, pooling.out.dim() == 3);
  auto* indices = pooling.indices.mutable_data_ptr<int64_t>();
  const int64_t image = plane / to.sizes[1];
  const int64_t channel = plane % to.sizes[1];
  for (int64_t row = 0; row < to.sizes[3]; ++row) {
    const Taps rows = taps_of(pooling.window, 1, row, from.sizes[3]);
    for (int64_t column = 0; column < to.sizes[4]; ++column) {
      const Taps columns = taps_of(pooling.window, 2, column, from.sizes[4]);
      int64_t place = rows.begin * from.sizes[4] + columns.begin;
      T most =
          std::numeric_limits<T>::has_infinity ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::lowest();
      for (int64_t y = rows.begin; y < rows.end; y += rows.step) {
        for (int64_t x = columns.begin; x < columns.end; x += columns.step) {
          const T value = elements[from.start(image, channel) + y * from.steps[3] + x * from.steps[4]];
          if (value > most || value != value) {
            most = value;
            place = y * from.sizes[4] + x;
          }
        }
      }
      results.set(to.start(image, channel) + row * to.steps[3] + column * to.steps[4], most);
      indices[places.start(image, channel) + row * places.steps[3] + column * places.steps[4]] = place;
    }
  }
}

}  // namespace

void max_pool2d_with_indices_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tllllbtt")) return;
  MaxPooling pooling = {tensor(arguments, 0), {}, tensor(arguments, 6), tensor(arguments, 7)};
  Shape shape;
  if (!expect_pooling(context, arguments, 1, true, pooling.window)) return;
  if (!expect_pooled(context, pooling.window, boolean(arguments, 5), pooling.self, shape)) return;
  const ScalarType type = pooling.self.scalar_type();
  if (!expect_dtype(context, type, &pooling.out) || !expect_dtype(context, ScalarType::Long, &pooling.indices)) return;
  if (!resize(context, pooling.out, shape.view()) || !resize(context, pooling.indices, shape.view())) return;
  const Image to(pooling.out, shape.rank == 3);
  expect_served(context, visit_real(type, [&](auto zero) {
                  executorch::extension::parallel_for(0, to.sizes[0] * to.sizes[1], 1, [&](int64_t begin, int64_t end) {
                    for (int64_t plane = begin; plane < end; ++plane) pool_plane<decltype(zero)>(pooling, plane);
                  });
                }));
}

}  // namespace etbuild::kernels
