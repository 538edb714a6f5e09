#include "convolutions.h"

#include <executorch/runtime/platform/log.h>

#include "shapes.h"

namespace etbuild::kernels::cortex_m {

bool read_convolution(KernelRuntimeContext& context, Arguments arguments, Dimensions dimensions,
                      const ConvolutionForm& form, Convolution& by) {
  const Tensor& weight = tensor(arguments, 1);
  if (weight.dim() != 4 || weight.scalar_type() != ScalarType::Char || !is_contiguous(weight)) {
    ET_LOG(Error, "Weights must be of int8, contiguous, with four dimensions");
    return refuse(context, Error::InvalidArgument);
  }
  by.weights = weight.const_data_ptr<int8_t>();
  by.window.rows.size = weight.sizes()[1];
  by.window.columns.size = weight.sizes()[2];
  const size_t at = form.input_offset;
  by.input_offset = static_cast<int32_t>(integer(arguments, at));
  return read_pair(context, arguments, 3, &Extent::stride, by.window) &&
         read_pair(context, arguments, 4, &Extent::padding, by.window) &&
         read_pair(context, arguments, form.dilation, &Extent::dilation, by.window) && is_window(context, by.window) &&
         read_output(context, integer(arguments, at + 1), integer(arguments, at + 4), integer(arguments, at + 5),
                     by.output) &&
         read_channels(context, optional_tensor(arguments, 2), tensor(arguments, at + 2), tensor(arguments, at + 3),
                       weight.sizes()[form.outputs], by.channels) &&
         read_image(context, tensor(arguments, 0), dimensions, by.input);
}

}  // namespace etbuild::kernels::cortex_m
