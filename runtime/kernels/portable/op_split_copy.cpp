// split_copy.Tensor_out(Tensor self, SymInt split_size, int dim=0, *, Tensor(a!)[] out): pieces of that size along a
// dimension; the last may be smaller.
#include "views.h"

namespace etbuild::kernels {

void split_copy_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tiiT")) return;
  const Tensor& self = tensor(arguments, 0);
  const int64_t piece = integer(arguments, 1);
  int64_t dim = integer(arguments, 2);
  const auto outs = tensors(arguments, 3);
  if (!wrap_index(context, dim, self.dim())) return;
  const int64_t size = size_at(self, dim);
  const int64_t pieces = size == 0 ? 1 : piece > 0 ? (size - 1) / piece + 1 : -1;
  if (piece < 0 || pieces != static_cast<int64_t>(outs.size())) {
    ET_LOG(Error, "A split must have as many outputs as pieces, has %zu", outs.size());
    return context.fail(Error::InvalidArgument);
  }
  for (int64_t index = 0; index < pieces; ++index) {
    const int64_t start = index * piece;
    Tensor out = outs[static_cast<size_t>(index)];
    if (!copy_range(context, self, dim, start, size - start < piece ? size - start : piece, out)) return;
  }
}

}  // namespace etbuild::kernels
