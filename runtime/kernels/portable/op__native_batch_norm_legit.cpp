// _native_batch_norm_legit.out(Tensor input, Tensor? weight, Tensor? bias, Tensor(a!) running_mean,
// Tensor(b!) running_var, bool training, float momentum, float eps, *, Tensor(d!) out, Tensor(e!) save_mean,
// Tensor(f!) save_invstd): the input normalized for each channel, times weight, plus bias. In training by its own
// statistics, towards which running_mean and running_var move; otherwise by these.
// _native_batch_norm_legit.no_stats_out: without running_mean and running_var.
#include "channel_norm.h"
#include "expect.h"

namespace etbuild::kernels {

void _native_batch_norm_legit_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "toottbddttt")) return;
  ChannelNorm norm = {tensor(arguments, 0), optional_tensor(arguments, 1), optional_tensor(arguments, 2),
                      real(arguments, 7), tensor(arguments, 8)};
  if (boolean(arguments, 5)) {
    norm.saved_mean = &tensor(arguments, 9);
    norm.saved_scale = &tensor(arguments, 10);
    norm.moving_mean = &tensor(arguments, 3);
    norm.moving_variance = &tensor(arguments, 4);
    norm.momentum = real(arguments, 6);
  } else {
    norm.mean = &tensor(arguments, 3);
    norm.variance = &tensor(arguments, 4);
    if (!resize(context, tensor(arguments, 9), {0}) || !resize(context, tensor(arguments, 10), {0})) return;
  }
  normalize_channels(context, norm);
}

void _native_batch_norm_legit_no_stats_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "toobddttt")) return;
  if (!expect(context, boolean(arguments, 3), "without statistics, training must be true")) return;
  ChannelNorm norm = {tensor(arguments, 0), optional_tensor(arguments, 1), optional_tensor(arguments, 2),
                      real(arguments, 5), tensor(arguments, 6)};
  norm.saved_mean = &tensor(arguments, 7);
  norm.saved_scale = &tensor(arguments, 8);
  normalize_channels(context, norm);
}

}  // namespace etbuild::kernels
