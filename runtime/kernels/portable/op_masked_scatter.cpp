// masked_scatter.out(Tensor self, Tensor mask, Tensor source, *, Tensor(a!) out): self, but where the mask is true the
// elements of `source`, one after another, in the order of their indices; self and mask are broadcast.
#include <cstring>

#include "coordinates.h"
#include "masks.h"
#include "raw_elements.h"
#include "views.h"

namespace etbuild::kernels {

void masked_scatter_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tttt")) return;
  const Tensor& self = tensor(arguments, 0);
  const Tensor& mask = tensor(arguments, 1);
  const Tensor& source = tensor(arguments, 2);
  Tensor& out = tensor(arguments, 3);
  Shape shape;
  if (!same_dtype(context, self, source) || !same_dtype(context, self, out)) return;
  if (!broadcast_mask(context, self, mask, shape) || !resize(context, out, shape.view()) || out.numel() == 0) return;
  const size_t size = size_of(self.scalar_type());
  Coordinates at(shape.view());
  Coordinates next(source.sizes());
  ptrdiff_t taken = 0;
  do {
    const bool masked = *element(mask, at.offset(mask)) != 0;
    if (masked && taken++ == source.numel()) {
      ET_LOG(Error, "The source must have an element for each that is masked, has %d", static_cast<int>(taken) - 1);
      return context.fail(Error::InvalidArgument);
    }
    const char* from = masked ? element(source, next.offset(source)) : element(self, at.offset(self));
    if (masked) next.next();
    std::memmove(mutable_element(out, at.offset(out)), from, size);
  } while (at.next());
}

}  // namespace etbuild::kernels
