// index.Tensor_out(Tensor self, Tensor?[] indices, *, Tensor(a!) out): self[indices].
#include "indexing.h"
#include "raw_elements.h"
#include "views.h"

namespace etbuild::kernels {

void index_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tOt")) return;
  const Tensor& self = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 2);
  Indexing indexing;
  if (!same_dtype(context, self, out)) return;
  if (!indexing.plan(context, self, optional_tensors(arguments, 1))) return;
  if (!resize(context, out, indexing.shape().view())) return;
  const StridedCopy piece = indexing.from_self(out);
  const size_t size = size_of(self.scalar_type());
  while (indexing.next(context, out)) {
    piece.run(size, element(self, indexing.self_offset()), mutable_element(out, indexing.other_offset()));
  }
}

}  // namespace etbuild::kernels
