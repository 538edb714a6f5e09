// narrow_copy.out(Tensor self, int dim, SymInt start, SymInt length, *, Tensor(a!) out): a range of a dimension.
#include "views.h"

namespace etbuild::kernels {

void narrow_copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tiiit")) return;
  const Tensor& self = tensor(arguments, 0);
  int64_t dim = integer(arguments, 1);
  int64_t start = integer(arguments, 2);
  const int64_t length = integer(arguments, 3);
  if (!wrap_index(context, dim, self.dim())) return;
  const int64_t size = size_at(self, dim);
  if (start != size && !wrap_index(context, start, size)) return;
  if (length < 0 || length > size - start) {
    ET_LOG(Error, "A range must lie within its dimension");
    return context.fail(Error::InvalidArgument);
  }
  copy_range(context, self, dim, start, length, tensor(arguments, 4));
}

}  // namespace etbuild::kernels
