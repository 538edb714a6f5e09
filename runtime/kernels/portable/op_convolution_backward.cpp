// convolution_backward.out(Tensor grad_output, Tensor input, Tensor weight, SymInt[]? bias_sizes, SymInt[] stride,
// SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] output_padding, SymInt groups, bool[3] output_mask, *,
// Tensor(a!) out0, Tensor(b!) out1, Tensor(c!) out2): the gradients of input, weight and bias, those that output_mask
// names; the others are left as they are.
#include "direct_convolution.h"

namespace etbuild::kernels {
namespace {

struct Backward {
  const Tensor& grad_output;
  const Tensor& input;
  const Tensor& weight;
  Convolution convolution;
};

// The gradient of one weight: of channel `first` of its first dimension, `second` of its second, at a tap. An output of
// a convolution stands where an input of a transposed one does.
template <typename T>
T weight_gradient(const Backward& call, int64_t first, int64_t second, const int64_t (&tap)[kSpatial]) {
  const bool transposed = call.convolution.transposed;
  const Tensor& small = transposed ? call.input : call.grad_output;
  const Tensor& large = transposed ? call.grad_output : call.input;
  const Input<T> ones(small);
  const Input<T> others(large);
  const Image from(small);
  const Image to(large);
  const int64_t groups = call.convolution.groups;
  const int64_t other = first / (from.sizes[1] / groups) * (to.sizes[1] / groups) + second;
  Convolution forward = call.convolution;
  forward.transposed = false;
  T sum(0);
  int64_t found[kSpatial];
  for (int64_t image = 0; image < from.sizes[0]; ++image) {
    for (int64_t z = 0; z < from.sizes[2]; ++z) {
      if (!find_input(forward, 0, z, tap[0], to.sizes[2], found[0])) continue;
      for (int64_t y = 0; y < from.sizes[3]; ++y) {
        if (!find_input(forward, 1, y, tap[1], to.sizes[3], found[1])) continue;
        for (int64_t x = 0; x < from.sizes[4]; ++x) {
          if (!find_input(forward, 2, x, tap[2], to.sizes[4], found[2])) continue;
          const int64_t at = from.start(image, first) + z * from.steps[2] + y * from.steps[3] + x * from.steps[4];
          const int64_t other_at =
              to.start(image, other) + found[0] * to.steps[2] + found[1] * to.steps[3] + found[2] * to.steps[4];
          sum = wrapping_add(sum, wrapping_multiply(ones[at], others[other_at]));
        }
      }
    }
  }
  return sum;
}

template <typename T>
void compute_weight_gradient(const Backward& call, Tensor& gradient) {
  const Output<T> out(gradient);
  const Image to(gradient);
  executorch::extension::parallel_for(0, to.sizes[0], 1, [&](int64_t begin, int64_t end) {
    int64_t tap[kSpatial];
    for (int64_t first = begin; first < end; ++first) {
      for (int64_t second = 0; second < to.sizes[1]; ++second) {
        for (tap[0] = 0; tap[0] < to.sizes[2]; ++tap[0]) {
          for (tap[1] = 0; tap[1] < to.sizes[3]; ++tap[1]) {
            for (tap[2] = 0; tap[2] < to.sizes[4]; ++tap[2]) {
              out.set(to.start(first, second) + tap[0] * to.steps[2] + tap[1] * to.steps[3] + tap[2] * to.steps[4],
                      weight_gradient<T>(call, first, second, tap));
            }
          }
        }
      }
    }
  });
}

template <typename T>
void compute_bias_gradient(const Tensor& grad_output, Tensor& gradient) {
  const Input<T> input(grad_output);
  const Output<T> out(gradient);
  const Image from(grad_output);
  for (int64_t channel = 0; channel < from.sizes[1]; ++channel) {
    T sum(0);
    for (int64_t image = 0; image < from.sizes[0]; ++image) {
      for (int64_t z = 0; z < from.sizes[2]; ++z) {
        for (int64_t y = 0; y < from.sizes[3]; ++y) {
          for (int64_t x = 0; x < from.sizes[4]; ++x) {
            const int64_t at = from.start(image, channel) + z * from.steps[2] + y * from.steps[3] + x * from.steps[4];
            sum = wrapping_add(sum, input[at]);
          }
        }
      }
    }
    out.set(channel, sum);
  }
}

bool compute_input_gradient(KernelRuntimeContext& context, const Backward& call, Tensor& gradient) {
  Convolution back = call.convolution;
  back.transposed = !back.transposed;
  return convolve(context, back, call.grad_output, call.weight, nullptr, gradient);
}

}  // namespace

void convolution_backward_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tttLlllblicttt")) return;
  Backward call = {tensor(arguments, 0), tensor(arguments, 1), tensor(arguments, 2), {}};
  Shape shape;
  if (!expect_convolution(context, arguments, 4, call.input, call.weight, call.convolution)) return;
  if (!expect_output(context, call.convolution, call.input, call.weight, shape)) return;
  if (!expect(context, same(call.grad_output.sizes(), shape.view()), "grad_output must be as the output")) return;
  const auto mask = booleans(arguments, 10);
  if (!expect(context, mask.size() == 3, "output_mask must have 3 values")) return;
  Tensor& input_gradient = tensor(arguments, 11);
  Tensor& weight_gradient = tensor(arguments, 12);
  Tensor& bias_gradient = tensor(arguments, 13);
  const ScalarType type = call.input.scalar_type();
  if (!expect_dtype(context, type, &call.grad_output, &call.weight, &input_gradient, &weight_gradient,
                    &bias_gradient)) {
    return;
  }
  if (mask[0] && (!resize(context, input_gradient, call.input.sizes()) ||
                  !compute_input_gradient(context, call, input_gradient))) {
    return;
  }
  if (mask[1] && !resize(context, weight_gradient, call.weight.sizes())) return;
  if (mask[2] && !resize(context, bias_gradient, {shape.sizes[1]})) return;
  expect_served(context, visit_real(type, [&](auto zero) {
                  using T = decltype(zero);
                  if (mask[1]) compute_weight_gradient<T>(call, weight_gradient);
                  if (mask[2]) compute_bias_gradient<T>(call.grad_output, bias_gradient);
                }));
}

}  // namespace etbuild::kernels
