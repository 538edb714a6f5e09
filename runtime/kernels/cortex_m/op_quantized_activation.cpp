// quantized_activation.out(Tensor input, Tensor lut, *, Tensor(a!) out): lut[input + 128], for tensors of int8 and a
// table of 256 of them.
#include <executorch/runtime/platform/log.h>

#include "int8_runs.h"
#include "shapes.h"
#include "strided_loops.h"

namespace etbuild::kernels::cortex_m {

void quantized_activation_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttt")) return;
  const Tensor& input = tensor(arguments, 0);
  const Tensor& table = tensor(arguments, 1);
  Tensor& out = tensor(arguments, 2);
  const auto is_char = [](const Tensor& tensor) { return tensor.scalar_type() == ScalarType::Char; };
  if (!is_char(input) || !is_char(table) || !is_char(out) || table.numel() != 256 || !is_contiguous(table)) {
    ET_LOG(Error, "Input, output and a table of 256 entries must be of int8");
    return context.fail(Error::InvalidArgument);
  }
  if (!resize(context, out, input.sizes()) || out.numel() == 0) return;
  const int8_t* entries = table.const_data_ptr<int8_t>() + 128;
  StridedLoops<2> loops(out, 2);
  loops.add(&input);
  loops.add(&out);
  loops.collapse();
  loops.each([&](const int64_t* offsets) {
    const int8_t* from = input.const_data_ptr<int8_t>() + offsets[0];
    int8_t* to = out.mutable_data_ptr<int8_t>() + offsets[1];
    if (loops.inner_step(0) == 1 && loops.inner_step(1) == 1) {
      for_runs::look_up(from, table.const_data_ptr<int8_t>(), to, static_cast<ptrdiff_t>(loops.inner_count()));
      return true;
    }
    for (int64_t at = 0; at < loops.inner_count(); ++at) {
      to[at * loops.inner_step(1)] = entries[from[at * loops.inner_step(0)]];
    }
    return true;
  });
}

}  // namespace etbuild::kernels::cortex_m
