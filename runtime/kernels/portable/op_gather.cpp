// gather.out(Tensor self, int dim, Tensor index, *, bool sparse_grad=False, Tensor(a!) out): what `index` names along a
// dimension; the result has its sizes.
#include <cstring>

#include "pairing.h"
#include "raw_elements.h"
#include "views.h"

namespace etbuild::kernels {

void gather_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "titbt")) return;
  const Tensor& self = tensor(arguments, 0);
  const Tensor& index = tensor(arguments, 2);
  Tensor& out = tensor(arguments, 4);
  Pairing pairing(self, index);
  if (!same_dtype(context, self, out) || !pairing.plan(context, integer(arguments, 1))) return;
  if (!resize(context, out, index.sizes())) return;
  const size_t size = size_of(self.scalar_type());
  while (pairing.next(context)) {
    std::memcpy(mutable_element(out, pairing.offset(out)), element(self, pairing.indexed_offset()), size);
  }
}

}  // namespace etbuild::kernels
