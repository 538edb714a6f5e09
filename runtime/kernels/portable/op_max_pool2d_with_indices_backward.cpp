// max_pool2d_with_indices_backward.grad_input(Tensor grad_output, Tensor self, int[2] kernel_size, int[2] stride,
// int[2] padding, int[2] dilation, bool ceil_mode, Tensor indices, *, Tensor(a!) grad_input): each gradient goes to
// where the largest element of its window is.
#include <cstring>

#include "elements.h"
#include "expect.h"
#include "pooling.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

struct Gradients {
  const Tensor& output;
  const Tensor& indices;
  Tensor& input;
};

// False if an index lies on no plane.
template <typename T>
bool scatter(const Gradients& gradients) {
  const Input<T> values(gradients.output);
  const Output<T> results(gradients.input);
  const bool unbatched = gradients.output.dim() == 3;
  const Image from(gradients.output, unbatched);
  const Image places(gradients.indices, unbatched);
  const Image to(gradients.input, unbatched);
  const auto* indices = gradients.indices.const_data_ptr<int64_t>();
  for (int64_t plane = 0; plane < from.sizes[0] * from.sizes[1]; ++plane) {
    const int64_t image = plane / from.sizes[1];
    const int64_t channel = plane % from.sizes[1];
    for (int64_t row = 0; row < from.sizes[3]; ++row) {
      for (int64_t column = 0; column < from.sizes[4]; ++column) {
        const int64_t index = indices[places.start(image, channel) + row * places.steps[3] + column * places.steps[4]];
        if (index < 0 || index >= to.sizes[3] * to.sizes[4]) return false;
        const int64_t at =
            to.start(image, channel) + index / to.sizes[4] * to.steps[3] + index % to.sizes[4] * to.steps[4];
        const T value = values[from.start(image, channel) + row * from.steps[3] + column * from.steps[4]];
        results.set(at, wrapping_add(results[at], value));
      }
    }
  }
  return true;
}

}  // namespace

void max_pool2d_with_indices_backward_grad_input(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttllllbtt")) return;
  const Tensor& self = tensor(arguments, 1);
  const Gradients gradients = {tensor(arguments, 0), tensor(arguments, 7), tensor(arguments, 8)};
  Window window;
  Shape shape;
  if (!expect_pooling(context, arguments, 2, true, window)) return;
  if (!expect_pooled(context, window, boolean(arguments, 6), self, shape)) return;
  const bool fits = same(gradients.output.sizes(), shape.view()) && same(gradients.indices.sizes(), shape.view());
  if (!expect(context, fits, "grad_output and indices must be as the output")) return;
  const ScalarType type = self.scalar_type();
  if (!expect_dtype(context, type, &gradients.output, &gradients.input) ||
      !expect_dtype(context, ScalarType::Long, &gradients.indices) || !resize(context, gradients.input, self.sizes())) {
    return;
  }
  if (gradients.input.numel() > 0) std::memset(gradients.input.mutable_data_ptr(), 0, gradients.input.nbytes());
  bool found = true;
  const bool served = visit_real(type, [&](auto zero) { found = scatter<decltype(zero)>(gradients); });
  if (expect_served(context, served)) expect(context, found, "indices must lie on the input's planes");
}

}  // namespace etbuild::kernels
