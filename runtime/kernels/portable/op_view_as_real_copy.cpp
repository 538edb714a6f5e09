// view_as_real_copy.out(Tensor self, *, Tensor(a!) out): complex numbers as pairs of floating ones: a last dimension
// more.
#include "raw_elements.h"
#include "strided_copy.h"

namespace etbuild::kernels {
namespace {

ScalarType part_of(ScalarType type) {
  if (type == ScalarType::ComplexHalf) return ScalarType::Half;
  return type == ScalarType::ComplexFloat ? ScalarType::Float : ScalarType::Double;
}

}  // namespace

void view_as_real_copy_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tt")) return;
  const Tensor& self = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 1);
  const ScalarType type = self.scalar_type();
  if (!is_complex(type) || out.scalar_type() != part_of(type)) {
    ET_LOG(Error, "Complex numbers of dtype %d cannot be seen as numbers of dtype %d", static_cast<int>(type),
           static_cast<int>(out.scalar_type()));
    return context.fail(Error::InvalidArgument);
  }
  Shape shape = shape_of(self);
  shape.add(2);
  if (!resize(context, out, shape.view()) || self.const_data_ptr() == out.const_data_ptr()) return;
  StridedCopy copy;
  for (size_t dim = 0; dim < self.sizes().size(); ++dim) {
    copy.add(self.sizes()[dim], ptrdiff_t{2} * self.strides()[dim], out.strides()[dim]);
  }
  copy.add(2, 1, out.strides()[self.sizes().size()]);
  copy.collapse();
  copy.run(size_of(out.scalar_type()), self.const_data_ptr(), out.mutable_data_ptr());
}

}  // namespace etbuild::kernels
