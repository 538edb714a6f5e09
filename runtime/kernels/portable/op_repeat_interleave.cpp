// repeat_interleave.Tensor_out(Tensor repeats, *, SymInt? output_size=None, Tensor(a!) out): each index of `repeats` as
// often as the element there says.
#include "raw_elements.h"
#include "views.h"

namespace etbuild::kernels {

void repeat_interleave_tensor_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tIt")) return;
  const Tensor& repeats = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 2);
  int64_t total = 0;
  bool possible = repeats.dim() == 1 && holds_indices(repeats);
  for (ptrdiff_t at = 0; possible && at < repeats.numel(); ++at) {
    const int64_t times = index_at(repeats, at);
    possible = times >= 0 && times <= INT32_MAX;
    total += times;
  }
  if (!possible || (!is_none(arguments, 1) && integer(arguments, 1) != total)) {
    ET_LOG(Error, "Repetitions must be indices in one dimension, not negative, and make the output's size");
    return context.fail(Error::InvalidArgument);
  }
  Shape shape;
  shape.add(total);
  if (!same_dtype(context, repeats, out) || !resize(context, out, shape.view())) return;
  ptrdiff_t to = 0;
  for (ptrdiff_t at = 0; at < repeats.numel(); ++at) {
    for (int64_t times = index_at(repeats, at); times > 0; --times) set_index(out, to++, at);
  }
}

}  // namespace etbuild::kernels
