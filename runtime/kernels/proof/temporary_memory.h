// Memory that kernels allocate while they run: each piece by itself, so that a sanitizer sees what is beside it.

#pragma once

#include <executorch/runtime/core/memory_allocator.h>

#include <cstdlib>
#include <vector>

namespace etbuild::proof {

class TemporaryMemory : public executorch::runtime::MemoryAllocator {
 public:
  explicit TemporaryMemory(size_t most) : MemoryAllocator(0, nullptr), most_(most) {}
  ~TemporaryMemory() override { free_all(); }

  void* allocate(size_t size, size_t alignment) override {
    if (size > most_ - taken_) return nullptr;
    taken_ += size;
    void* memory = std::malloc(size + alignment);
    if (memory == nullptr) return nullptr;
    pieces_.push_back(memory);
    const size_t past = reinterpret_cast<uintptr_t>(memory) % alignment;
    return static_cast<char*>(memory) + (past == 0 ? 0 : alignment - past);
  }

  void reset() override { free_all(); }

 private:
  void free_all() {
    for (void* piece : pieces_) std::free(piece);
    pieces_.clear();
    taken_ = 0;
  }

  std::vector<void*> pieces_;
  size_t most_;
  size_t taken_ = 0;
};

}  // namespace etbuild::proof
