// unsqueeze_copy.out(Tensor self, int dim, *, Tensor(a!) out): with a dimension of size 1 before `dim`.
#include "views.h"

namespace etbuild::kernels {

void unsqueeze_copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tit")) return;
  const Tensor& self = tensor(arguments, 0);
  const size_t rank = self.sizes().size();
  int64_t dim = integer(arguments, 1);
  if (!wrap_dimension(context, dim, rank + 1)) return;
  View view(self);
  view.add_until(static_cast<size_t>(dim));
  view.add(1, 0);
  for (auto at = static_cast<size_t>(dim); at < rank; ++at) view.add(self.sizes()[at], self.strides()[at]);
  copy_view(context, view, tensor(arguments, 2));
}

}  // namespace etbuild::kernels
