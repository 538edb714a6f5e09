// One prim operator by its name, with as little text as can be: what most names have in common is not stored.

#include <cstring>

#include "prim_kernels.h"
#include "prim_ops.h"

namespace executorch::runtime::internal {

namespace {

constexpr char kPrimSpace[] = "executorch_prim::";
constexpr char kAtenSpace[] = "aten::";
constexpr size_t kPrimSpaceLength = sizeof(kPrimSpace) - 1;
constexpr size_t kAtenSpaceLength = sizeof(kAtenSpace) - 1;
// How many are in `aten`: the first.
constexpr size_t kAtenCount = 3;

// In the sequence of ET_FORALL_PRIM_OPS, without namespaces; in `executorch_prim` also without the overload "Scalar".
constexpr char kNames[] =
    "_local_scalar_dense\0sym_numel\0sym_size.int\0"
    "add\0ceil\0eq\0et_copy_index.tensor\0et_view.default\0floordiv\0floordiv.int\0ge\0gt\0le\0lt\0mod\0mod.int\0mul\0"
    "neg\0round\0sub\0sym_float\0sym_int\0sym_ite\0sym_max\0sym_min\0sym_not\0truediv\0trunc";

#define ET_PRIM_OP(space, name, function, arguments) prim_ops::function,
constexpr OpFunction kFunctions[] = {ET_FORALL_PRIM_OPS(ET_PRIM_OP)};
#undef ET_PRIM_OP
constexpr size_t kCount = sizeof(kFunctions) / sizeof(kFunctions[0]);

}  // namespace

OpFunction find_prim_op(const OperatorName& name) {
  const bool is_prim = std::strncmp(name.name, kPrimSpace, kPrimSpaceLength) == 0;
  if (!is_prim && std::strncmp(name.name, kAtenSpace, kAtenSpaceLength) != 0) return nullptr;
  OperatorName rest = {name.name + (is_prim ? kPrimSpaceLength : kAtenSpaceLength), name.overload};
  if (is_prim && rest.overload != nullptr && std::strcmp(rest.overload, "Scalar") == 0) rest.overload = nullptr;
  const char* at = kNames;
  for (size_t i = 0; i < kCount; ++i, at += std::strlen(at) + 1) {
    if ((i >= kAtenCount) == is_prim && is_named(at, rest)) return kFunctions[i];
  }
  return nullptr;
}

}  // namespace executorch::runtime::internal
