// How much of its method allocator a method takes, as a constant: for images whose memory is laid out when they are
// built. The build lists what a load allocates (rules/et/tools/image/method_memory.py), this knows the sizes.

#pragma once

#include <executorch/runtime/core/evalue.h>

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

// Adds up allocations, one behind the other.
class MethodBytes final {
 public:
  constexpr void add(Allocation allocation) {
    const size_t count = allocation.count;
    switch (allocation.part) {
      case Part::NamedData:
        return list<deserialization::NamedData>(count);
      case Part::Value:
        return list<EValue>(count);
      case Part::Flag:
        return list<bool>(count);
      case Part::Dimension:
        return list<int32_t>(count);
      case Part::Tensor:
        return list<etensor::TensorImpl>(count);
      case Part::Span:
        return list<ArrayRef<char>>(count);
      case Part::IntList:
        return boxed<int64_t>(count);
      case Part::TensorList:
        return boxed<aten::Tensor>(count);
      case Part::OptionalTensorList:
        return boxed<std::optional<aten::Tensor>>(count);
      case Part::Delegate:
        return list<BackendDelegate>(count);
      case Part::CompileSpec:
        return list<CompileSpec>(count);
      case Part::State:
        return place(sizeof(MethodState) + count * sizeof(Chain), alignof(MethodState));
      case Part::Operator:
        // Its kernel, and what it takes.
        return place(count * (sizeof(KernelMatch) + sizeof(const char*)), alignof(KernelMatch));
      case Part::Instruction:
        return list<Instruction>(count);
      case Part::Argument:
        // The arity of some kernel may not be known.
        return list<EValue*>(count > kPaddedArguments ? count : kPaddedArguments);
    }
  }

  constexpr size_t bytes() const { return bytes_; }

 private:
  constexpr void place(size_t size, size_t alignment) {
    bytes_ = (bytes_ + alignment - 1) / alignment * alignment + size;
  }

  template <typename T>
  constexpr void list(size_t count) {
    place(count * sizeof(T), alignof(T));
  }

  template <typename T>
  constexpr void boxed(size_t count) {
    list<EValue*>(count);
    list<T>(count);
    list<BoxedEvalueList<T>>(1);
  }

  size_t bytes_ = 0;
};

// At most kPaddedArguments pointers more than what is taken, if the arity of each kernel is known; else, just that.
constexpr size_t method_bytes(std::initializer_list<Allocation> allocations) {
  MethodBytes sum;
  for (const Allocation& allocation : allocations) sum.add(allocation);
  return sum.bytes();
}

}  // namespace executorch::runtime::internal
