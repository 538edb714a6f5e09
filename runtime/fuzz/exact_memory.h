// Memory for tests that a sanitizer knows the bounds of: each allocation its own, of the size that was asked for. And
// that can end: the n-th allocation, or load, fails.

#pragma once

#include <executorch/runtime/core/data_loader.h>
#include <executorch/runtime/core/memory_allocator.h>
#include <executorch/runtime/core/named_data_map.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace etbuild::testing {

constexpr size_t kNever = SIZE_MAX;

struct FreeBytes {
  void operator()(uint8_t* bytes) const;
};
using Bytes = std::unique_ptr<uint8_t, FreeBytes>;

// `size` bytes aligned to `alignment`, each of value `fill`.
Bytes make_bytes(size_t size, size_t alignment, uint8_t fill);

// Counts down what may still succeed.
class Failure {
 public:
  explicit Failure(size_t after = kNever) : left_(after) {}
  // Whether this one fails; so do all after it.
  bool now() { return left_ == 0 || (left_-- == 0); }
  bool happened() const { return left_ == 0; }

 private:
  size_t left_;
};

class ExactAllocator final : public executorch::runtime::MemoryAllocator {
 public:
  ExactAllocator(size_t capacity, Failure* failure);
  void* allocate(size_t size, size_t alignment) override;
  void reset() override;

 private:
  size_t capacity_;
  size_t left_;
  Failure* failure_;
  std::vector<Bytes> allocations_;
};

// Gives out copies of parts of a file, aligned to 16, and counts those that live.
class ExactLoader final : public executorch::runtime::DataLoader {
 public:
  ExactLoader(const uint8_t* data, size_t size, Failure* failure);
  ~ExactLoader() override;

  executorch::runtime::Result<executorch::runtime::FreeableBuffer> load(size_t offset, size_t size,
                                                                        const SegmentInfo& info) const override;
  executorch::runtime::Error load_into(size_t offset, size_t size, const SegmentInfo& info,
                                       void* buffer) const override;
  executorch::runtime::Result<size_t> size() const override { return size_; }

  // Whether what was loaded is as it was: a program's bytes are constant, on small machines in flash.
  bool unchanged() const;

 private:
  struct Loaded {
    const uint8_t* bytes;
    size_t offset;
    size_t size;
  };
  static void forget(void* context, void* data, size_t size);
  bool is_inside(size_t offset, size_t size) const { return offset <= size_ && size <= size_ - offset; }

  const uint8_t* data_;
  size_t size_;
  Failure* failure_;
  mutable std::vector<Loaded> loaded_;
};

// One tensor from outside: "weight", of two by two floats.
class OneWeight final : public executorch::runtime::NamedDataMap {
 public:
  explicit OneWeight(Failure* failure) : failure_(failure) {}
  executorch::runtime::Result<const executorch::runtime::TensorLayout> get_tensor_layout(
      std::string_view key) const override;
  executorch::runtime::Result<executorch::runtime::FreeableBuffer> get_data(std::string_view key) const override;
  executorch::runtime::Error load_data_into(std::string_view key, void* buffer, size_t size) const override;
  executorch::runtime::Result<uint32_t> get_num_keys() const override { return 1; }
  executorch::runtime::Result<const char*> get_key(uint32_t index) const override;

 private:
  Failure* failure_;
};

}  // namespace etbuild::testing
