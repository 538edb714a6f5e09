// gather.out(Tensor self, int dim, Tensor index, *, bool sparse_grad=False, Tensor(a!) out): what `index` names along a
// dimension; the result has its sizes.
#include "pairing.h"
#include "raw_elements.h"
#include "views.h"

namespace etbuild::kernels {

void gather_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "titbt")) return;
  const Tensor& self = tensor(arguments, 0);
  const Tensor& index = tensor(arguments, 2);
  Tensor& out = tensor(arguments, 4);
  Pairing pairing;
  if (!same_dtype(context, self, out) || !pairing.plan(context, self, integer(arguments, 1), index)) return;
  if (!resize(context, out, index.sizes())) return;
  pairing.pair_with(out);
  const size_t size = size_of(self.scalar_type());
  const char* from = element(self, 0);
  char* to = mutable_element(out, 0);
  const auto wide = static_cast<ptrdiff_t>(size);
  while (pairing.next(context)) {
    copy_element(size, from + pairing.indexed_offset() * wide, to + pairing.paired_offset() * wide);
  }
}

}  // namespace etbuild::kernels
