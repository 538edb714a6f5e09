// reflection_pad1d.out(Tensor self, SymInt[2] padding, *, Tensor(a!) out): the last dimension mirrored at its edges.
#include "pads.h"

namespace etbuild::kernels {

void reflection_pad1d_out(KernelRuntimeContext& context, Arguments arguments) {
  if (are_arguments(context, arguments, "tlt")) pad(context, arguments, 1, Pad::kReflection);
}

}  // namespace etbuild::kernels
