// convolution.out(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation,
// bool transposed, SymInt[] output_padding, SymInt groups, *, Tensor(a!) out): over one to three dimensions.
#include "direct_convolution.h"
#include "expect.h"

namespace etbuild::kernels {

void convolution_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttolllblit")) return;
  const Tensor& input = tensor(arguments, 0);
  const Tensor& weight = tensor(arguments, 1);
  const Tensor* bias = optional_tensor(arguments, 2);
  Tensor& out = tensor(arguments, 9);
  Convolution convolution;
  Shape shape;
  if (!expect_convolution(context, arguments, 3, input, weight, convolution)) return;
  if (!expect_output(context, convolution, input, weight, shape)) return;
  const bool fits = bias == nullptr || (bias->dim() == 1 && bias->sizes()[0] == shape.sizes[1]);
  if (!expect(context, fits, "bias must have one element for each channel of the output")) return;
  if (resize(context, out, shape.view())) convolve(context, convolution, input, weight, bias, out);
}

}  // namespace etbuild::kernels
