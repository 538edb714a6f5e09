// replication_pad3d.out(Tensor self, SymInt[6] padding, *, Tensor(a!) out): the last 3 dimensions with its edges
// repeated.
#include "pads.h"

namespace etbuild::kernels {

void replication_pad3d_out(KernelRuntimeContext& context, Arguments arguments) {
  if (are_arguments(context, arguments, "tlt")) pad(context, arguments, 3, Pad::kReplication);
}

}  // namespace etbuild::kernels
