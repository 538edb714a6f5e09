// any.out(Tensor self, int dim, bool keepdim=False, *, Tensor(a!) out): whether an element along the dimension is not
// 0. any.dims_out(Tensor self, int[]? dim=None, bool keepdim=False, *, Tensor(a!) out): along several, or of all.
// any.all_out(Tensor self, *, Tensor(a!) out): of all.
#include "reducers.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Any {
  void begin(int64_t slots) {
    for (int64_t slot = 0; slot < slots; ++slot) found[slot] = false;
  }

  void take_run(int64_t slot, const T* from, int64_t count, int64_t /*index*/) {
    for (int64_t at = 0; at < count; ++at) found[slot] |= from[at];
  }

  void take_row(const T* from, int64_t count, int64_t /*index*/) {
    for (int64_t slot = 0; slot < count; ++slot) found[slot] |= from[slot];
  }

  void finish(int64_t count, int64_t /*reduced*/, const void* /*parameters*/, void* results, void* /*seconds*/) {
    for (int64_t slot = 0; slot < count; ++slot) static_cast<T*>(results)[slot] = found[slot];
  }

  T found[kSlots];
};

void any(KernelRuntimeContext& context, const Tensor& self, const Dimensions& reduced, Tensor& out) {
  const Reducer* reducer = &ReducerOf<Any<bool>, bool>::kReducer;
  reduce(context, {self, reduced, ScalarType::Bool, ScalarType::Bool, reducer}, out);
}

}  // namespace

void any_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tibt")) return;
  Dimensions reduced;
  reduced.keep = boolean(arguments, 2);
  if (!dimension(context, *arguments[1], tensor(arguments, 0), reduced)) return;
  any(context, tensor(arguments, 0), reduced, tensor(arguments, 3));
}

void any_dims_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tLbt")) return;
  Dimensions reduced;
  reduced.keep = boolean(arguments, 2);
  const bool none = !is_none(arguments, 1) && integers(arguments, 1).empty();  // An empty list is not all here.
  if (!none && !dimensions(context, integers(arguments, 1), tensor(arguments, 0), reduced)) return;
  any(context, tensor(arguments, 0), reduced, tensor(arguments, 3));
}

void any_all_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tt")) return;
  any(context, tensor(arguments, 0), all_dimensions(tensor(arguments, 0)), tensor(arguments, 1));
}

}  // namespace etbuild::kernels
