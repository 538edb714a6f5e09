// Checks a method's instructions and finds their kernels, once, when it is loaded.

#pragma once

#include <executorch/runtime/core/result.h>

#include "plan.h"

namespace executorch::runtime::internal {

// The method that instructions belong to.
struct InstructionContext {
  const executorch_flatbuffer::ExecutionPlan* plan;
  const EValue* values;
  size_t delegates;
  MemoryAllocator* allocator;
  Span<const Kernel> kernels;
};

// Checks each instruction of the plan, resolves its kernel and stores its chains in the method allocator, with the
// method's state in front of the first. InvalidProgram, OperatorMissing (each one logged), MemoryAllocationFailed.
ET_NODISCARD Error load_chains(const InstructionContext& context, Chain** made);

}  // namespace executorch::runtime::internal
