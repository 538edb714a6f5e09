// clone.out(Tensor self, *, MemoryFormat? memory_format=None, Tensor(a!) out): a copy, laid out as the output is.
#include "views.h"

namespace etbuild::kernels {

void clone_out(KernelRuntimeContext& context, Arguments arguments) {
  if (are_arguments(context, arguments, "tIt")) copy_same(context, tensor(arguments, 0), tensor(arguments, 2));
}

}  // namespace etbuild::kernels
