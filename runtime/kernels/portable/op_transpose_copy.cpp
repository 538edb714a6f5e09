// transpose_copy.int_out(Tensor self, int dim0, int dim1, *, Tensor(a!) out): two dimensions in each other's place.
#include <utility>

#include "views.h"

namespace etbuild::kernels {

void transpose_copy_int_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tiit")) return;
  View view(tensor(arguments, 0));
  view.add_all();
  int64_t first = integer(arguments, 1);
  int64_t second = integer(arguments, 2);
  const size_t rank = view.shape.rank;
  if (!wrap_dimension(context, first, rank) || !wrap_dimension(context, second, rank)) return;
  if (rank > 0) {
    std::swap(view.shape.sizes[first], view.shape.sizes[second]);
    std::swap(view.strides[first], view.strides[second]);
  }
  copy_view(context, view, tensor(arguments, 3));
}

}  // namespace etbuild::kernels
