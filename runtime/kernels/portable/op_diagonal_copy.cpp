// diagonal_copy.out(Tensor self, int offset=0, int dim1=0, int dim2=1, *, Tensor(a!) out): the diagonal of two
// dimensions, `offset` above the main one, as the last dimension.
#include "views.h"

namespace etbuild::kernels {

void diagonal_copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tiiit")) return;
  const Tensor& self = tensor(arguments, 0);
  const int64_t offset = integer(arguments, 1);
  int64_t rows = integer(arguments, 2);
  int64_t columns = integer(arguments, 3);
  if (!wrap_index(context, rows, self.dim()) || !wrap_index(context, columns, self.dim())) return;
  if (rows == columns) {
    ET_LOG(Error, "A diagonal is of two dimensions, not twice dimension %d", static_cast<int>(rows));
    return context.fail(Error::InvalidArgument);
  }
  View view(self);
  view.add_all();
  const int64_t row = offset < 0 ? -(offset < -INT32_MAX ? -INT32_MAX : offset) : 0;
  const int64_t column = offset > 0 ? offset : 0;
  const int64_t below = view.shape.sizes[rows] - row;
  const int64_t right = view.shape.sizes[columns] - column;
  const int64_t size = below < right ? below : right;
  const ptrdiff_t across = view.strides[rows];
  const ptrdiff_t along = view.strides[columns];
  if (size > 0) view.offset = static_cast<ptrdiff_t>(row) * across + static_cast<ptrdiff_t>(column) * along;
  view.remove(static_cast<size_t>(rows > columns ? rows : columns));
  view.remove(static_cast<size_t>(rows > columns ? columns : rows));
  view.add(size > 0 ? size : 0, across + along);
  copy_view(context, view, tensor(arguments, 4));
}

}  // namespace etbuild::kernels
