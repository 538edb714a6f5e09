// What a kernel demands of its arguments, in a line.

#pragma once

#include <executorch/runtime/platform/log.h>

#include "arguments.h"
#include "dtypes.h"

namespace etbuild::kernels {

// Whether `met`; if not, the call has failed with InvalidArgument, and the log has `demand`: what must be.
inline bool expect(KernelRuntimeContext& context, bool met, [[maybe_unused]] const char* demand) {
  if (met) return true;
  ET_LOG(Error, "%s", demand);
  return refuse(context, Error::InvalidArgument);
}

// Whether all tensors are computed in what this dtype is computed in; those that are null are not there.
template <typename... Tensors>
bool expect_computed_as(KernelRuntimeContext& context, ScalarType type, const Tensors*... tensors) {
  const bool met = ((tensors == nullptr || computed_in(tensors->scalar_type()) == computed_in(type)) && ...);
  return expect(context, met, "dtypes must be computed alike");
}

// Whether all tensors have this dtype; those that are null are not there.
template <typename... Tensors>
bool expect_dtype(KernelRuntimeContext& context, ScalarType type, const Tensors*... tensors) {
  return expect(context, ((tensors == nullptr || tensors->scalar_type() == type) && ...), "dtypes must be the same");
}

}  // namespace etbuild::kernels
