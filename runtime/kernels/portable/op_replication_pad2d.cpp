// replication_pad2d.out(Tensor self, SymInt[4] padding, *, Tensor(a!) out): the last 2 dimensions with its edges
// repeated.
#include "pads.h"

namespace etbuild::kernels {

void replication_pad2d_out(KernelRuntimeContext& context, Arguments arguments) {
  if (are_arguments(context, arguments, "tlt")) pad(context, arguments, 2, Pad::kReplication);
}

}  // namespace etbuild::kernels
