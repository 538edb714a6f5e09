// masked_select.out(Tensor self, Tensor mask, *, Tensor(a!) out): the elements where the mask is true, in the order of
// their indices; broadcast.
#include <cstring>

#include "coordinates.h"
#include "masks.h"
#include "raw_elements.h"
#include "views.h"

namespace etbuild::kernels {

void masked_select_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttt")) return;
  const Tensor& self = tensor(arguments, 0);
  const Tensor& mask = tensor(arguments, 1);
  Tensor& out = tensor(arguments, 2);
  Shape shape;
  if (!same_dtype(context, self, out) || !broadcast_mask(context, self, mask, shape)) return;
  const bool empty = self.numel() == 0 || mask.numel() == 0;
  Coordinates at(shape.view());
  int64_t selected = 0;
  if (!empty) {
    do {
      if (*element(mask, at.offset(mask)) != 0) ++selected;
    } while (at.next());
  }
  Shape sizes;
  sizes.add(selected);
  if (!resize(context, out, sizes.view()) || selected == 0) return;
  const size_t size = size_of(self.scalar_type());
  char* to = mutable_element(out, 0);
  do {
    if (*element(mask, at.offset(mask)) == 0) continue;
    std::memcpy(to, element(self, at.offset(self)), size);
    to += size;
  } while (at.next());
}

}  // namespace etbuild::kernels
