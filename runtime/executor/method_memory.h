// How much of its method allocator a method takes, as a constant: for images whose memory is laid out when they are
// built. The build lists what a load allocates (rules/et/tools/image/method_memory.py), this knows the sizes.

#pragma once

#include <executorch/runtime/core/evalue.h>

#include <initializer_list>
#include <optional>

#include "kernel_lookup.h"
#include "plan.h"

namespace executorch::runtime::internal {

// What a load allocates.
enum class Part : uint8_t {
  NamedData,
  Value,
  Flag,
  Dimension,
  Tensor,
  Span,
  IntList,
  TensorList,
  OptionalTensorList,
  Delegate,
  CompileSpec,
  State,
  Operator,
  Instruction,
  Argument,
};

struct Allocation {
  Part part;
  size_t count;
};

// How an element lies in memory.
struct Form {
  size_t size;
  size_t alignment;
};

#define ETBUILD_FORM(...) \
  { sizeof(__VA_ARGS__), alignof(__VA_ARGS__) }

// The elements of each part. State is what stands before a chain, an operator its kernel and what that takes.
constexpr Form kForms[] = {
    ETBUILD_FORM(deserialization::NamedData),
    ETBUILD_FORM(EValue),
    ETBUILD_FORM(bool),
    ETBUILD_FORM(int32_t),
    ETBUILD_FORM(etensor::TensorImpl),
    ETBUILD_FORM(ArrayRef<char>),
    ETBUILD_FORM(int64_t),
    ETBUILD_FORM(aten::Tensor),
    ETBUILD_FORM(std::optional<aten::Tensor>),
    ETBUILD_FORM(BackendDelegate),
    ETBUILD_FORM(CompileSpec),
    {sizeof(MethodState) + sizeof(Chain), alignof(MethodState)},
    {sizeof(KernelMatch) + sizeof(const char*), alignof(KernelMatch)},
    ETBUILD_FORM(Instruction),
    ETBUILD_FORM(void*),
};
constexpr Form kPointer = ETBUILD_FORM(void*);
// The same for lists of anything.
constexpr Form kBoxedList = ETBUILD_FORM(BoxedEvalueList<int64_t>);

#undef ETBUILD_FORM

constexpr size_t behind(size_t bytes, Form form, size_t count) {
  return (bytes + form.alignment - 1) / form.alignment * form.alignment + count * form.size;
}

constexpr size_t behind(size_t bytes, Allocation allocation) {
  const Form form = kForms[static_cast<size_t>(allocation.part)];
  switch (allocation.part) {
    case Part::IntList:
    case Part::TensorList:
    case Part::OptionalTensorList:
      bytes = behind(bytes, kPointer, allocation.count);
      bytes = behind(bytes, form, allocation.count);
      return behind(bytes, kBoxedList, 1);
    case Part::Argument:
      // The arity of some kernel may not be known.
      return behind(bytes, form, allocation.count > kPaddedArguments ? allocation.count : kPaddedArguments);
    default:
      return behind(bytes, form, allocation.count);
  }
}

// At most kPaddedArguments pointers more than what is taken, if the arity of each kernel is known; else, just that.
constexpr size_t method_bytes(std::initializer_list<Allocation> allocations) {
  size_t bytes = 0;
  for (const Allocation& allocation : allocations) bytes = behind(bytes, allocation);
  return bytes;
}

}  // namespace executorch::runtime::internal
