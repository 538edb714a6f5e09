// The allocator on the heap, which is the header's own, on both runtimes.
#include <executorch/extension/memory_allocator/malloc_memory_allocator.h>
#include <executorch/runtime/platform/runtime.h>

#include <cstring>

#include "check.h"

using executorch::extension::MallocMemoryAllocator;
using executorch::runtime::MemoryAllocator;

TEST(memory_is_aligned_and_apart) {
  static MallocMemoryAllocator allocator;
  uint8_t* before = nullptr;
  for (size_t alignment = 1; alignment <= 4096; alignment *= 2) {
    auto* memory = static_cast<uint8_t*>(allocator.allocate(100, alignment));
    CHECK(memory != nullptr && reinterpret_cast<uintptr_t>(memory) % alignment == 0);
    std::memset(memory, static_cast<int>(alignment & 0x7f), 100);
    CHECK(before == nullptr || (before[99] == ((alignment / 2) & 0x7f)));
    before = memory;
  }
}

TEST(what_cannot_be_had_is_null) {
  static MallocMemoryAllocator allocator;
  CHECK(allocator.allocate(10, 3) == nullptr && allocator.allocate(10, 0) == nullptr);
  CHECK(allocator.allocate(SIZE_MAX, 4096) == nullptr);
  CHECK(allocator.allocateList<uint64_t>(SIZE_MAX / 2) == nullptr);
}

TEST(reset_gives_all_back) {
  static MallocMemoryAllocator allocator;
  MemoryAllocator* base = &allocator;
  for (int round = 0; round < 1000; ++round) {
    CHECK(base->allocate(1 << 16) != nullptr);
    base->reset();
  }
}

int main() {
  executorch::runtime::runtime_init();
  return etbuild::testing::run_all();
}
