// The memory that a method runs in, each part of it exact: of the sizes that the file asks for, within reason.

#pragma once

#include <executorch/runtime/executor/memory_manager.h>
#include <executorch/runtime/executor/method_meta.h>

#include <optional>
#include <vector>

#include "exact_memory.h"

namespace etbuild::testing {

// The most that planned memory, or a tensor of the caller's, may have.
constexpr size_t kArena = 1 << 14;

class MethodMemory {
 public:
  MethodMemory(Failure* allocations, Failure* temporaries);

  // Makes what the method wants; call it once.
  executorch::runtime::MemoryManager* plan(const executorch::runtime::MethodMeta& meta);

 private:
  ExactAllocator allocator_;
  ExactAllocator temporary_;
  std::vector<Bytes> bytes_;
  std::vector<executorch::runtime::Span<uint8_t>> arenas_;
  std::optional<executorch::runtime::HierarchicalAllocator> planned_;
  std::optional<executorch::runtime::MemoryManager> manager_;
};

}  // namespace etbuild::testing
