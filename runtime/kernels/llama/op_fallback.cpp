// fallback.out(Tensor input, *, Tensor(a!) output): the input. Of any dtype.
#include "expect.h"
#include "strided_copy.h"

namespace etbuild::kernels::llama {

void fallback_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "tt")) return;
  const Tensor& input = tensor(arguments, 0);
  Tensor& out = tensor(arguments, 1);
  if (expect(context, out.scalar_type() == input.scalar_type(), "the output must have the input's dtype") &&
      resize(context, out, input.sizes())) {
    copy_into(context, input, out);
  }
}

}  // namespace etbuild::kernels::llama
