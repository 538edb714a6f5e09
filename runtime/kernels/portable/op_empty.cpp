// empty.out(SymInt[] size, *, MemoryFormat? memory_format=None, Tensor(a!) out): these sizes; the elements are any.
#include "shapes.h"

namespace etbuild::kernels {

void empty_out(KernelRuntimeContext& context, Arguments arguments) {
  if (are_arguments(context, arguments, "lIt")) resize(context, tensor(arguments, 2), shape_of(arguments, 0).view());
}

}  // namespace etbuild::kernels
