// nonzero.out(Tensor self, *, Tensor(a!) out): the indices of the elements that are not zero, one row each, in their
// order.
#include "convert.h"
#include "coordinates.h"
#include "raw_elements.h"
#include "views.h"

namespace etbuild::kernels {
namespace {

bool is_nonzero(const Tensor& self, const Coordinates& at) {
  const ScalarType type = self.scalar_type();
  const char* from = element(self, at.offset(self));
  bool nonzero = false;
  bool imaginary = false;
  if (is_complex(type)) {  // Its real part is what is converted.
    const bool narrow = type == ScalarType::ComplexFloat;
    convert(narrow ? ScalarType::Float : ScalarType::Double, from + size_of(type) / 2, 1, ScalarType::Bool, &imaginary,
            1);
  }
  convert(type, from, 1, ScalarType::Bool, &nonzero, 1);
  return nonzero || imaginary;
}

}  // namespace

void nonzero_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tt")) return;
  const Tensor& self = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 1);
  if (!same_dtype(context, self, self)) return;
  if (out.scalar_type() != ScalarType::Long) {
    ET_LOG(Error, "Indices must be of dtype Long, are of %d", static_cast<int>(out.scalar_type()));
    return context.fail(Error::InvalidArgument);
  }
  Coordinates at(self.sizes());
  int64_t count = 0;
  for (bool more = self.numel() > 0; more; more = at.next()) count += is_nonzero(self, at) ? 1 : 0;
  Shape shape;
  shape.add(count);
  shape.add(self.dim());
  if (!resize(context, out, shape.view())) return;
  ptrdiff_t to = 0;
  for (bool more = self.numel() > 0; more; more = at.next()) {
    if (!is_nonzero(self, at)) continue;
    for (size_t dim = 0; dim < self.sizes().size(); ++dim) {
      set_index(out, to + static_cast<ptrdiff_t>(dim) * out.strides()[1], at[dim]);
    }
    to += out.strides()[0];
  }
}

}  // namespace etbuild::kernels
