// Elementwise operators of two int8 tensors that are broadcast, in any layout.

#pragma once

#include <executorch/runtime/platform/log.h>

#include "images.h"
#include "int8_runs.h"
#include "strided_loops.h"

namespace etbuild::kernels::cortex_m {

// Whether the arguments `index` and the next are a multiplier and a shift; if not, the call has failed.
inline bool is_scaling(KernelRuntimeContext& context, Arguments arguments, size_t index) {
  if (is_multiplier(integer(arguments, index)) && is_shift(integer(arguments, index + 1))) return true;
  ET_LOG(Error, "A multiplier must have 32 bits, a shift must be within -62 and 31");
  return refuse(context, Error::InvalidArgument);
}

// Calls write(run) for runs of elements that make up all of them.
template <typename Write>
void each_pair_run(KernelRuntimeContext& context, const Tensor& left, const Tensor& right, Tensor& out,
                   const Write& write) {
  Shape shape;
  const auto is_char = [](const Tensor& tensor) { return tensor.scalar_type() == ScalarType::Char; };
  if (!is_char(left) || !is_char(right) || !is_char(out) || !broadcast(shape, left.sizes()) ||
      !broadcast(shape, right.sizes())) {
    ET_LOG(Error, "Both operands and the output must be of int8, and their sizes must broadcast");
    return context.fail(Error::InvalidArgument);
  }
  if (!resize(context, out, shape.view()) || out.numel() == 0) return;
  StridedLoops<3> loops(out, 3);
  loops.add(&left);
  loops.add(&right);
  loops.add(&out);
  loops.collapse();
  loops.each([&](const int64_t* offsets) {
    write({left.const_data_ptr<int8_t>() + offsets[0], right.const_data_ptr<int8_t>() + offsets[1],
           out.mutable_data_ptr<int8_t>() + offsets[2], static_cast<ptrdiff_t>(loops.inner_step(0)),
           static_cast<ptrdiff_t>(loops.inner_step(1)), static_cast<ptrdiff_t>(loops.inner_step(2)),
           static_cast<ptrdiff_t>(loops.inner_count())});
    return true;
  });
}

}  // namespace etbuild::kernels::cortex_m
