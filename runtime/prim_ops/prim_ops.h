// The 28 prim operators, each a function of its own, so that an image can link those that its programs call.
//
// They never abort. A wrong number of arguments is InvalidProgram, one of a wrong kind InvalidType, a value that has no
// result (division of an int by 0, a dimension that is not there) InvalidArgument. Results replace None, ints, doubles
// and bools, whichever of them was there, and nothing else.

#pragma once

#include <executorch/runtime/kernel/kernel_runtime_context.h>
#include <executorch/runtime/kernel/operator_registry.h>

// Namespace, name, function, arguments as in kernel_signatures.h; sorted by name.
#define ET_FORALL_PRIM_OPS(_)                                               \
  _("aten", "_local_scalar_dense", local_scalar_dense, "ts")                \
  _("aten", "sym_numel", sym_numel, "ts")                                   \
  _("aten", "sym_size.int", sym_size_int, "tis")                            \
  _("executorch_prim", "add.Scalar", add_Scalar, "sss")                     \
  _("executorch_prim", "ceil.Scalar", ceil_Scalar, "ss")                    \
  _("executorch_prim", "eq.Scalar", eq_Scalar, "sss")                       \
  _("executorch_prim", "et_copy_index.tensor", et_copy_index_tensor, "tti") \
  _("executorch_prim", "et_view.default", et_view_default, "tlt")           \
  _("executorch_prim", "floordiv.Scalar", floordiv_Scalar, "sss")           \
  _("executorch_prim", "floordiv.int", floordiv_int, "sss")                 \
  _("executorch_prim", "ge.Scalar", ge_Scalar, "sss")                       \
  _("executorch_prim", "gt.Scalar", gt_Scalar, "sss")                       \
  _("executorch_prim", "le.Scalar", le_Scalar, "sss")                       \
  _("executorch_prim", "lt.Scalar", lt_Scalar, "sss")                       \
  _("executorch_prim", "mod.Scalar", mod_int, "sss")                        \
  _("executorch_prim", "mod.int", mod_int, "sss")                           \
  _("executorch_prim", "mul.Scalar", mul_Scalar, "sss")                     \
  _("executorch_prim", "neg.Scalar", neg_Scalar, "ss")                      \
  _("executorch_prim", "round.Scalar", round_Scalar, "ss")                  \
  _("executorch_prim", "sub.Scalar", sub_Scalar, "sss")                     \
  _("executorch_prim", "sym_float.Scalar", sym_float_Scalar, "ss")          \
  _("executorch_prim", "sym_int.Scalar", sym_int_Scalar, "ss")              \
  _("executorch_prim", "sym_ite.Scalar", sym_ite_Scalar, "ssss")            \
  _("executorch_prim", "sym_max.Scalar", sym_max_Scalar, "sss")             \
  _("executorch_prim", "sym_min.Scalar", sym_min_Scalar, "sss")             \
  _("executorch_prim", "sym_not.Scalar", sym_not_Scalar, "ss")              \
  _("executorch_prim", "truediv.Scalar", truediv_Scalar, "sss")             \
  _("executorch_prim", "trunc.Scalar", trunc_Scalar, "ss")

namespace executorch::runtime::prim_ops {

#define ET_DECLARE_PRIM_OP(space, name, function, arguments) \
  void function(KernelRuntimeContext& ctx, Span<EValue*> args);
ET_FORALL_PRIM_OPS(ET_DECLARE_PRIM_OP)
#undef ET_DECLARE_PRIM_OP

// Whether there are `wanted` arguments; otherwise the call has failed.
bool has_arguments(KernelRuntimeContext& ctx, size_t given, size_t wanted);

// Gives the call its result: a scalar's payload, and which of Int, Double and Bool it is.
void set_result(KernelRuntimeContext& ctx, EValue& out, Tag tag, EValue::Payload::TriviallyCopyablePayload payload);

}  // namespace executorch::runtime::prim_ops
