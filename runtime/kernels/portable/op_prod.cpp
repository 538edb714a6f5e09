// prod.out(Tensor self, *, ScalarType? dtype=None, Tensor(a!) out): the product of all elements, computed in the
// output's dtype, whole numbers wrapping.
// prod.int_out(Tensor self, int dim, bool keepdim=False, *, ScalarType? dtype=None, Tensor(a!) out): along a dimension.
#include "reducers.h"
#include "wrapping.h"

namespace etbuild::kernels {
namespace {

template <typename T>
struct Product {
  void begin(int64_t slots) {
    for (int64_t slot = 0; slot < slots; ++slot) products[slot] = T(1);
  }

  void take_run(int64_t slot, const T* from, int64_t count, int64_t /*index*/) {
    for (int64_t at = 0; at < count; ++at) products[slot] = wrapping_multiply(products[slot], from[at]);
  }

  void take_row(const T* from, int64_t count, int64_t /*index*/) {
    for (int64_t slot = 0; slot < count; ++slot) products[slot] = wrapping_multiply(products[slot], from[slot]);
  }

  void finish(int64_t count, int64_t /*reduced*/, const void* /*parameters*/, void* results, void* /*seconds*/) {
    for (int64_t slot = 0; slot < count; ++slot) static_cast<T*>(results)[slot] = products[slot];
  }

  T products[kSlots];
};

void prod(KernelRuntimeContext& context, const Tensor& self, const Dimensions& reduced, Tensor& out) {
  const ScalarType type = summed_in(out.scalar_type());
  reduce(context, {self, reduced, type, type, wide_reducer_of<Product>(type)}, out);
}

}  // namespace

void prod_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tIt")) return;
  prod(context, tensor(arguments, 0), all_dimensions(tensor(arguments, 0)), tensor(arguments, 2));
}

void prod_int_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tibIt")) return;
  Dimensions reduced;
  reduced.keep = boolean(arguments, 2);
  if (!dimension(context, *arguments[1], tensor(arguments, 0), reduced)) return;
  prod(context, tensor(arguments, 0), reduced, tensor(arguments, 4));
}

}  // namespace etbuild::kernels
