#include "fill.h"

#include "convert.h"
#include "shapes.h"

namespace etbuild::kernels {

bool fill(KernelRuntimeContext& context, const Number& number, Tensor& out) {
  const Operand operand(number);
  alignas(16) char element[16];
  if (!convert(operand.type, operand.data, 1, out.scalar_type(), element, 1)) {
    return refuse(context, Error::NotSupported);
  }
  copy_elements(size_of(out.scalar_type()), element, 0, out.mutable_data_ptr(), 1, out.numel());
  return true;
}

bool fill_sized(KernelRuntimeContext& context, Arguments arguments, size_t index, const Number& number, Tensor& out) {
  Shape shape;
  for (const int64_t size : integers(arguments, index)) {
    if (shape.rank == kMaxRank || size < 0 || size > INT32_MAX) return refuse(context, Error::InvalidArgument);
    shape.sizes[shape.rank++] = static_cast<int32_t>(size);
  }
  return resize(context, out, shape.view()) && fill(context, number, out);
}

}  // namespace etbuild::kernels
