// A program that a test has written, with all that a method needs to be loaded and run. Only for tests.

#pragma once

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/program.h>

#include <cstdint>
#include <vector>

#include "program_writer.h"

namespace etbuild::testing {

// A file in memory that is aligned as programs want it. Not to be moved.
class LoadedFile {
 public:
  explicit LoadedFile(const FileBytes& bytes, size_t offset = 0)
      : room_(bytes.size() + 64 + offset),
        data_(aligned(room_.data()) + offset),
        loader_(copied(data_, bytes), bytes.size()),
        program_(executorch::runtime::Program::load(&loader_)),
        arena_(1024),
        span_(aligned(arena_.data()), 512),
        planned_({&span_, 1}),
        methods_(65536),
        method_memory_(static_cast<uint32_t>(methods_.size()), methods_.data()),
        temporary_(256),
        temporary_memory_(static_cast<uint32_t>(temporary_.size()), temporary_.data()),
        memory_(&method_memory_, &planned_, &temporary_memory_) {}

  LoadedFile(const LoadedFile&) = delete;
  LoadedFile& operator=(const LoadedFile&) = delete;

  executorch::runtime::Result<executorch::runtime::Program>& program() { return program_; }
  executorch::runtime::DataLoader* loader() { return &loader_; }

  // Each call takes more of the same memory.
  executorch::runtime::Result<executorch::runtime::Method> method(
      executorch::runtime::Span<const executorch::runtime::Kernel> kernels = {}, const char* name = "forward",
      const executorch::runtime::NamedDataMap* data = nullptr) {
    return program_->load_method(name, &memory_, nullptr, data, nullptr, kernels);
  }

  // Of memory 1.
  uint8_t* arena() { return span_.data(); }
  size_t method_bytes() const { return method_memory_.used_size(); }

 private:
  static uint8_t* aligned(uint8_t* at) { return at + (64 - reinterpret_cast<uintptr_t>(at) % 64) % 64; }

  static const uint8_t* copied(uint8_t* to, const FileBytes& bytes) {
    for (size_t at = 0; at < bytes.size(); ++at) to[at] = bytes[at];
    return to;
  }

  std::vector<uint8_t> room_;
  uint8_t* data_;
  executorch::extension::BufferDataLoader loader_;
  executorch::runtime::Result<executorch::runtime::Program> program_;
  std::vector<uint8_t> arena_;
  executorch::runtime::Span<uint8_t> span_;
  executorch::runtime::HierarchicalAllocator planned_;
  std::vector<uint8_t> methods_;
  executorch::runtime::MemoryAllocator method_memory_;
  std::vector<uint8_t> temporary_;
  executorch::runtime::MemoryAllocator temporary_memory_;
  executorch::runtime::MemoryManager memory_;
};

// A tensor with a place in memory 1.
inline TensorSpec planned(uint32_t offset, std::vector<int32_t> sizes = {2}) {
  TensorSpec spec;
  spec.sizes = std::move(sizes);
  spec.memory = 1;
  spec.offset = offset;
  return spec;
}

// One that somebody gives later.
inline TensorSpec given(std::vector<int32_t> sizes = {2}) {
  TensorSpec spec;
  spec.sizes = std::move(sizes);
  return spec;
}

}  // namespace etbuild::testing
