// avg_pool2d.out(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool ceil_mode=False,
// bool count_include_pad=True, int? divisor_override=None, *, Tensor(a!) out): averages over windows.
#include "average_windows.h"
#include "expect.h"
#include "pooling.h"

namespace etbuild::kernels {

void avg_pool2d_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tlllbbIt")) return;
  const Tensor& self = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 7);
  Averaging averaging;
  Shape shape;
  if (!expect_pooling(context, arguments, 1, false, averaging.window)) return;
  if (!expect_pooled(context, averaging.window, boolean(arguments, 4), self, shape)) return;
  averaging.counts_padding = boolean(arguments, 5);
  if (!is_none(arguments, 6)) {
    averaging.divisor = integer(arguments, 6);
    if (!expect(context, averaging.divisor != 0, "divisor_override must not be 0")) return;
  }
  if (resize(context, out, shape.view())) average(context, averaging, self, out);
}

}  // namespace etbuild::kernels
