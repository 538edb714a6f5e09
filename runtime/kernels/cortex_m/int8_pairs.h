// Elementwise operators of two int8 tensors that are broadcast, in any layout.

#pragma once

#include <executorch/runtime/platform/log.h>

#include "images.h"
#include "strided_loops.h"

namespace etbuild::kernels::cortex_m {

// Whether the arguments `index` and the next are a multiplier and a shift; if not, the call has failed.
inline bool is_scaling(KernelRuntimeContext& context, Arguments arguments, size_t index) {
  if (is_multiplier(integer(arguments, index)) && is_shift(integer(arguments, index + 1))) return true;
  ET_LOG(Error, "A multiplier must have 32 bits, a shift must be within -62 and 31");
  return refuse(context, Error::InvalidArgument);
}

// out = number(left, right), for each index.
template <typename Number>
void each_pair(KernelRuntimeContext& context, const Tensor& left, const Tensor& right, Tensor& out,
               const Number& number) {
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
    const int8_t* from_left = left.const_data_ptr<int8_t>() + offsets[0];
    const int8_t* from_right = right.const_data_ptr<int8_t>() + offsets[1];
    int8_t* to = out.mutable_data_ptr<int8_t>() + offsets[2];
    for (int64_t at = 0; at < loops.inner_count(); ++at) {
      to[at * loops.inner_step(2)] = number(from_left[at * loops.inner_step(0)], from_right[at * loops.inner_step(1)]);
    }
    return true;
  });
}

}  // namespace etbuild::kernels::cortex_m
