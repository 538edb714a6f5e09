// rand.out(SymInt[] size, *, Tensor(a!) out): random numbers, uniform in [0, 1).
#include "random.h"
#include "shapes.h"

namespace etbuild::kernels {

void rand_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "lt")) return;
  Tensor& out = tensor(arguments, 1);
  if (!resize(context, out, shape_of(arguments, 0).view())) return;
  fill_random(context, out, [](Random& random, ScalarType type) { return random.uniform(exact_bits(type)); });
}

}  // namespace etbuild::kernels
