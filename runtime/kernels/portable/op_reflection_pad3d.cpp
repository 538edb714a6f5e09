// reflection_pad3d.out(Tensor self, SymInt[6] padding, *, Tensor(a!) out): the last 3 dimensions mirrored at its edges.
#include "pads.h"

namespace etbuild::kernels {

void reflection_pad3d_out(KernelRuntimeContext& context, Arguments arguments) {
  if (are_arguments(context, arguments, "tlt")) pad(context, arguments, 3, Pad::kReflection);
}

}  // namespace etbuild::kernels
