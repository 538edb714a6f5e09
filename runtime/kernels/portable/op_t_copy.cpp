// t_copy.out(Tensor self, *, Tensor(a!) out): a matrix transposed; a tensor of fewer dimensions as it is.
#include <utility>

#include "views.h"

namespace etbuild::kernels {

void t_copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tt")) return;
  View view(tensor(arguments, 0));
  view.add_all();
  if (view.shape.rank > 2) {
    ET_LOG(Error, "t_copy takes tensors of up to 2 dimensions, not %zu", view.shape.rank);
    return context.fail(Error::InvalidArgument);
  }
  if (view.shape.rank == 2) {
    std::swap(view.shape.sizes[0], view.shape.sizes[1]);
    std::swap(view.strides[0], view.strides[1]);
  }
  copy_view(context, view, tensor(arguments, 1));
}

}  // namespace etbuild::kernels
