#include "method_memory.h"

namespace etbuild::testing {
namespace {

constexpr size_t kArenas = 6;
constexpr size_t kMethodMemory = 1 << 16;
constexpr size_t kTemporaryMemory = 1 << 14;

}  // namespace

MethodMemory::MethodMemory(Failure* allocations, Failure* temporaries)
    : allocator_(kMethodMemory, allocations), temporary_(kTemporaryMemory, temporaries) {}

executorch::runtime::MemoryManager* MethodMemory::plan(const executorch::runtime::MethodMeta& meta) {
  for (size_t i = 0; i < meta.num_memory_planned_buffers() && i < kArenas; ++i) {
    const auto size = meta.memory_planned_buffer_size(i);
    if (!size.ok()) break;
    const size_t bytes = static_cast<uint64_t>(*size) > kArena ? kArena : static_cast<size_t>(*size);
    bytes_.push_back(make_bytes(bytes, 16, 0x3d));
    arenas_.emplace_back(bytes_.back().get(), bytes);
  }
  planned_.emplace(executorch::runtime::Span<executorch::runtime::Span<uint8_t>>(arenas_.data(), arenas_.size()));
  manager_.emplace(&allocator_, &*planned_, &temporary_);
  return &*manager_;
}

}  // namespace etbuild::testing
