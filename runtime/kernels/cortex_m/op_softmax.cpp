// softmax.out(Tensor input, int dim, int input_zero_point, int output_zero_point, int input_multiplier,
//     int input_shift, int diff_min, *, Tensor(a!) out): softmax along a dimension of int8 tensors, in floats of the
// scale input_multiplier * 2^input_shift / 2^57; the output has the scale 1 / 256 and the zero point -128, halves are
// rounded to even. `diff_min` changes nothing.
#include <executorch/runtime/platform/log.h>

#include <cmath>

#include "lines.h"
#include "softmax_line.h"

namespace etbuild::kernels::cortex_m {
void softmax_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tiiiiiit")) return;
  const Tensor& input = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 7);
  const int64_t shift = integer(arguments, 5);
  const bool is_shift = shift >= -1000 && shift <= 1000;
  const double fraction = static_cast<double>(integer(arguments, 4)) / 144115188075855872.0;  // 2^57
  const auto scale = is_shift ? static_cast<float>(std::ldexp(fraction, static_cast<int>(shift))) : 0.0f;
  if (input.scalar_type() != ScalarType::Char || out.scalar_type() != ScalarType::Char ||
      integer(arguments, 3) != -128 || !(scale > 0.0f)) {
    ET_LOG(Error, "Softmax is of int8, with an output zero point of -128 and a positive scale");
    return context.fail(Error::InvalidArgument);
  }
  int64_t dim = integer(arguments, 1);
  if (!wrap_dimension(context, dim, static_cast<size_t>(input.dim())) || !resize(context, out, input.sizes()) ||
      out.numel() == 0)
    return;
  const auto zero_point = static_cast<float>(integer(arguments, 2));
  const Lines from(input, dim);
  const Lines to(out, dim);
  for (int64_t at = 0; at < to.count; ++at) {
    for_softmax::write_softmax({input.const_data_ptr<int8_t>() + from.start(at), static_cast<ptrdiff_t>(from.step),
                                out.mutable_data_ptr<int8_t>() + to.start(at), static_cast<ptrdiff_t>(to.step),
                                static_cast<ptrdiff_t>(to.length), zero_point, scale});
  }
}

}  // namespace etbuild::kernels::cortex_m
