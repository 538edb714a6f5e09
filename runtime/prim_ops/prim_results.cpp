// What operators on scalars and those on tensors share. It stands by itself: an image may have the one without the
// other.

#include "prim_ops.h"

namespace executorch::runtime::prim_ops {

bool has_arguments(KernelRuntimeContext& ctx, size_t given, size_t wanted) {
  if (given == wanted) return true;
  ctx.fail(Error::InvalidProgram);
  return false;
}

void set_result(KernelRuntimeContext& ctx, EValue& out, Tag tag, EValue::Payload::TriviallyCopyablePayload payload) {
  if (!out.isNone() && !out.isScalar()) return ctx.fail(Error::InvalidType);
  out.tag = tag;
  out.payload.copyable_union = payload;
}

}  // namespace executorch::runtime::prim_ops
