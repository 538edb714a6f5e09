// _native_batch_norm_legit_no_training.out(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean,
// Tensor running_var, float momentum, float eps, *, Tensor(a!) out0, Tensor(b!) out1, Tensor(c!) out2): the input
// normalized by statistics of each channel, times weight, plus bias; out1 and out2 are left empty.
#include "channel_norm.h"

namespace etbuild::kernels {

void _native_batch_norm_legit_no_training_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "toottddttt")) return;
  ChannelNorm norm = {tensor(arguments, 0), optional_tensor(arguments, 1), optional_tensor(arguments, 2),
                      real(arguments, 6), tensor(arguments, 7)};
  norm.mean = &tensor(arguments, 3);
  norm.variance = &tensor(arguments, 4);
  const bool resized = resize(context, tensor(arguments, 8), {0}) && resize(context, tensor(arguments, 9), {0});
  if (resized) normalize_channels(context, norm);
}

}  // namespace etbuild::kernels
