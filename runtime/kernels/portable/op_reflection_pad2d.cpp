// reflection_pad2d.out(Tensor self, SymInt[4] padding, *, Tensor(a!) out): the last 2 dimensions mirrored at its edges.
#include "pads.h"

namespace etbuild::kernels {

void reflection_pad2d_out(KernelRuntimeContext& context, Arguments arguments) {
  if (are_arguments(context, arguments, "tlt")) pad(context, arguments, 2, Pad::kReflection);
}

}  // namespace etbuild::kernels
