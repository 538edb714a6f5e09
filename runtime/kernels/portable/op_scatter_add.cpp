// scatter_add.out(Tensor self, int dim, Tensor index, Tensor src, *, Tensor(a!) out): self, and along a dimension, at
// what `index` names, the elements of `src` added. Half and BFloat16 are added as floats, and rounded once.
#include "accumulate.h"
#include "convert.h"
#include "pairing.h"
#include "raw_elements.h"
#include "views.h"

namespace etbuild::kernels {
namespace {

// Adds to elements of dtype `sum` at `to`, in the layout of `out`. False if the call has failed.
bool add_all(KernelRuntimeContext& context, Pairing& pairing, const Tensor& src, ScalarType sum, void* to) {
  const auto size = static_cast<ptrdiff_t>(size_of(sum));
  alignas(16) char term[16];
  while (pairing.next(context)) {
    convert(src.scalar_type(), element(src, pairing.paired_offset()), 1, sum, term, 1);
    if (accumulate(sum, term, 1, static_cast<char*>(to) + pairing.indexed_offset() * size, 1, 1)) continue;
    ET_LOG(Error, "Elements of dtype %d cannot be added", static_cast<int>(sum));
    return refuse(context, Error::NotSupported);
  }
  return true;
}

}  // namespace

void scatter_add_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tittt")) return;
  const Tensor& self = tensor(arguments, 0);
  const Tensor& src = tensor(arguments, 3);
  Tensor& out = tensor(arguments, 4);
  const ScalarType type = self.scalar_type();
  Pairing pairing;
  if (!same_dtype(context, self, src) || !copy_same(context, self, out)) return;
  if (!pairing.plan(context, out, integer(arguments, 1), tensor(arguments, 2))) return;
  if (!pairing.covers(context, src)) return;
  pairing.pair_with(src);
  const ScalarType sum = computed_in(type);
  if (sum == type || out.numel() == 0) {
    add_all(context, pairing, src, sum, out.mutable_data_ptr());
    return;
  }
  const auto sums = context.allocate_temp(static_cast<size_t>(out.numel()) * size_of(sum));
  if (!sums.ok()) return context.fail(Error::MemoryAllocationFailed);
  convert(type, out.const_data_ptr(), 1, sum, *sums, out.numel());
  if (add_all(context, pairing, src, sum, *sums)) convert(sum, *sums, 1, type, out.mutable_data_ptr(), out.numel());
}

}  // namespace etbuild::kernels
