// scatter.src_out(Tensor self, int dim, Tensor index, Tensor src, *, Tensor(a!) out): self, but along a dimension, at
// what `index` names, the elements of `src`; the last of several counts.
// scatter.value_out(Tensor self, int dim, Tensor index, Scalar value, *, Tensor(a!) out): the same with a number.
#include "convert.h"
#include "operand.h"
#include "pairing.h"
#include "raw_elements.h"
#include "views.h"

namespace etbuild::kernels {
namespace {

// `src`, or null: one element.
void scatter(KernelRuntimeContext& context, Arguments arguments, const Tensor* src, const void* value) {
  const Tensor& self = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 4);
  Pairing pairing;
  if (!copy_same(context, self, out)) return;
  if (!pairing.plan(context, out, integer(arguments, 1), tensor(arguments, 2))) return;
  if (src != nullptr) {
    if (!pairing.covers(context, *src)) return;
    pairing.pair_with(*src);
    value = src->const_data_ptr();
  }
  const size_t size = size_of(out.scalar_type());
  const auto wide = static_cast<ptrdiff_t>(size);
  while (pairing.next(context)) {  // A number is paired with nothing: its offset stays 0.
    const char* from = static_cast<const char*>(value) + pairing.paired_offset() * wide;
    copy_element(size, from, mutable_element(out, pairing.indexed_offset()));
  }
}

}  // namespace

void scatter_src_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tittt")) return;
  const Tensor& src = tensor(arguments, 3);
  if (same_dtype(context, src, tensor(arguments, 0))) scatter(context, arguments, &src, nullptr);
}

void scatter_value_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "titst")) return;
  const Number number(*arguments[3]);
  const Operand operand(number);
  alignas(16) char value[16];
  if (convert(operand.type, operand.data, 1, tensor(arguments, 0).scalar_type(), value, 1)) {
    scatter(context, arguments, nullptr, value);
  } else {
    context.fail(Error::NotSupported);
  }
}

}  // namespace etbuild::kernels
