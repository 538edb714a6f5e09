#include "float_convolution.h"

#include "convolution.h"
#include "worker_threads.h"

namespace etbuild::kernels {
namespace {

math::ImageStrides strides_of(const Image& image) {
  return {static_cast<ptrdiff_t>(image.steps[0]), static_cast<ptrdiff_t>(image.steps[1]),
          static_cast<ptrdiff_t>(image.steps[3]), static_cast<ptrdiff_t>(image.steps[4])};
}

math::ConvolutionShape shape_of(const Convolution& convolution, const Image& from, const Image& to) {
  const auto size = [](int64_t value) { return static_cast<ptrdiff_t>(value); };
  const Window& window = convolution.window;
  math::ConvolutionShape shape;
  shape.batch = size(from.sizes[0]);
  shape.groups = size(convolution.groups);
  shape.in_channels = size(from.sizes[1]);
  shape.out_channels = size(to.sizes[1]);
  shape.in_height = size(from.sizes[3]);
  shape.in_width = size(from.sizes[4]);
  shape.out_height = size(to.sizes[3]);
  shape.out_width = size(to.sizes[4]);
  shape.kernel_height = size(window.size[1]);
  shape.kernel_width = size(window.size[2]);
  shape.stride_height = size(window.stride[1]);
  shape.stride_width = size(window.stride[2]);
  shape.padding_top = size(window.padding[1]);
  shape.padding_left = size(window.padding[2]);
  shape.dilation_height = size(window.dilation[1]);
  shape.dilation_width = size(window.dilation[2]);
  shape.is_transposed = convolution.transposed;
  shape.in = strides_of(from);
  shape.out = strides_of(to);
  return shape;
}

// The weights in the order of their indices: where they are, or copied. Null if there is no memory for it.
const float* contiguous_weights(KernelRuntimeContext& context, const Tensor& weight) {
  const auto* from = weight.const_data_ptr<float>();
  if (is_contiguous(weight)) return from;
  const auto memory = context.allocate_temp(weight.nbytes(), sizeof(float));
  if (!memory.ok()) return nullptr;
  const Image image(weight);
  auto* const copy = static_cast<float*>(*memory);
  float* to = copy;
  for (int64_t plane = 0; plane < image.sizes[0] * image.sizes[1]; ++plane) {
    const float* const first = from + image.start(plane / image.sizes[1], plane % image.sizes[1]);
    for (int64_t y = 0; y < image.sizes[3]; ++y) {
      for (int64_t x = 0; x < image.sizes[4]; ++x) *to++ = first[y * image.steps[3] + x * image.steps[4]];
    }
  }
  return copy;
}

}  // namespace

bool convolve_floats(KernelRuntimeContext& context, const Convolution& convolution, const Tensor& input,
                     const Tensor& weight, const Tensor* bias, Tensor& out) {
  if (input.dim() > 4) return false;
  math::Convolution call;
  call.shape = shape_of(convolution, Image(input), Image(out));
  call.in = input.const_data_ptr<float>();
  call.weight = contiguous_weights(context, weight);
  call.bias = bias == nullptr ? nullptr : bias->const_data_ptr<float>();
  call.out = out.mutable_data_ptr<float>();
  if (call.weight == nullptr && weight.numel() > 0) return false;
  const math::Parallel threads = worker_threads();
  math::Scratch scratch;
  const size_t size = math::convolution_scratch(call, threads.workers);
  if (size > 0) {
    const auto memory = context.allocate_temp(size, 64);
    if (memory.ok()) scratch = {*memory, size};
  }
  math::convolve(call, scratch, threads);
  return true;
}

}  // namespace etbuild::kernels
