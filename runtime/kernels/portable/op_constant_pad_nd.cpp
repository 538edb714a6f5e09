// constant_pad_nd.out(Tensor self, SymInt[] pad, Scalar value=0, *, Tensor(a!) out): with so many more elements of that
// value before and after the last dimension, the last but one, ...; fewer than 0 cut off.
#include "convert.h"
#include "operand.h"
#include "raw_elements.h"
#include "strided_copy.h"
#include "views.h"

namespace etbuild::kernels {
namespace {

// A range of indices along each dimension of the output.
struct Box {
  ptrdiff_t starts[kMaxRank];
  ptrdiff_t sizes[kMaxRank];
};

// Sets the elements of a box to those that lie so far apart from `from` on.
void set(const Tensor& out, const Box& box, const void* from, ArrayRef<int32_t> steps) {
  StridedCopy copy;
  ptrdiff_t to = 0;
  for (size_t dim = 0; dim < out.sizes().size(); ++dim) {
    copy.add(box.sizes[dim], steps.empty() ? 0 : steps[dim], out.strides()[dim]);
    to += box.starts[dim] * out.strides()[dim];
  }
  copy.collapse();
  copy.run(size_of(out.scalar_type()), from, mutable_element(out, to));
}

// The whole output and, in `inner`, what is a copy of self from `offset` on. False if it cannot be padded so.
bool plan(const Tensor& self, ArrayRef<int64_t> pad, Shape& shape, Box& inner, ptrdiff_t& offset) {
  const size_t rank = self.sizes().size();
  if (pad.size() % 2 != 0 || pad.size() > 2 * rank) return false;
  for (size_t dim = 0; dim < rank; ++dim) {
    const size_t at = 2 * (rank - 1 - dim);
    const int64_t size = self.sizes()[dim];
    const int64_t before = at < pad.size() ? pad[at] : 0;
    const int64_t after = at < pad.size() ? pad[at + 1] : 0;
    if (before < -size || before > INT32_MAX || after < -size || after > INT32_MAX) return false;
    shape.add(size + before + after);
    inner.starts[dim] = static_cast<ptrdiff_t>(before > 0 ? before : 0);
    inner.sizes[dim] = static_cast<ptrdiff_t>(size + (before < 0 ? before : 0) + (after < 0 ? after : 0));
    if (before < 0) offset -= static_cast<ptrdiff_t>(before) * self.strides()[dim];
  }
  return true;
}

// Sets what is around the inner box: before and after it along each dimension; along those before it, only as far as
// it goes.
void set_border(const Tensor& out, const Box& inner, const void* value) {
  Box box = {};
  const size_t rank = out.sizes().size();
  for (size_t dim = 0; dim < rank; ++dim) box.sizes[dim] = out.sizes()[dim];
  for (size_t dim = 0; dim < rank; ++dim) {
    const ptrdiff_t end = inner.starts[dim] + inner.sizes[dim];
    box.sizes[dim] = inner.starts[dim];
    set(out, box, value, {});
    box.starts[dim] = end;
    box.sizes[dim] = out.sizes()[dim] - end;
    set(out, box, value, {});
    box.starts[dim] = inner.starts[dim];
    box.sizes[dim] = inner.sizes[dim];
  }
}

}  // namespace

void constant_pad_nd_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tlst")) return;
  const Tensor& self = tensor(arguments, 0);
  const Number number(*arguments[2]);
  const Operand operand(number);
  Tensor& out = tensor(arguments, 3);
  Shape shape = {};
  Box inner = {};
  ptrdiff_t offset = 0;
  if (!plan(self, integers(arguments, 1), shape, inner, offset)) {
    ET_LOG(Error, "There must be two numbers for each dimension to pad, and no more cut off than there is");
    return context.fail(Error::InvalidArgument);
  }
  if (!same_dtype(context, self, out) || !resize(context, out, shape.view()) || out.numel() == 0) return;
  alignas(16) char value[16];
  if (!convert(operand.type, operand.data, 1, out.scalar_type(), value, 1)) return context.fail(Error::NotSupported);
  set_border(out, inner, value);
  set(out, inner, element(self, offset), self.strides());
}

}  // namespace etbuild::kernels
