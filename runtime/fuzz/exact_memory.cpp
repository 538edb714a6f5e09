#include "exact_memory.h"

#include <executorch/runtime/core/tensor_layout.h>

#include <cstdlib>
#include <cstring>

#include "hosted.h"

namespace etbuild::testing {

using executorch::runtime::Error;
using executorch::runtime::FreeableBuffer;
using executorch::runtime::Result;
using executorch::runtime::TensorLayout;

namespace {

constexpr size_t kFileAlignment = 16;
constexpr int32_t kSizes[2] = {2, 2};
constexpr uint8_t kDimOrder[2] = {0, 1};
constexpr size_t kWeightBytes = 16;

void release(void* context, void* data, size_t size) {
  (void)context;
  (void)size;
  FreeBytes()(static_cast<uint8_t*>(data));
}

}  // namespace

// What malloc aligns to at least: newlib, on boards, to less than some processors' largest type.
constexpr size_t kMallocAlignment = ET_HOSTED != 0 ? kFileAlignment : 8;

// In front of the bytes is where the allocation began. They end where it ends, as malloc's own alignment allows.
Bytes make_bytes(size_t size, size_t alignment, uint8_t fill) {
  const size_t before = alignment < kFileAlignment ? kFileAlignment : alignment;
  const size_t slack = alignment <= kMallocAlignment ? 0 : alignment;
  auto* begin = static_cast<uint8_t*>(std::malloc(before + slack + size));
  uint8_t* bytes = begin + before;
  bytes += (0 - reinterpret_cast<uintptr_t>(bytes)) & (slack == 0 ? 0 : alignment - 1);
  std::memcpy(bytes - sizeof(void*), &begin, sizeof(void*));
  if (size != 0) std::memset(bytes, fill, size);
  return Bytes(bytes);
}

void FreeBytes::operator()(uint8_t* bytes) const {
  void* begin = nullptr;
  std::memcpy(&begin, bytes - sizeof(void*), sizeof(void*));
  std::free(begin);
}

ExactAllocator::ExactAllocator(size_t capacity, Failure* failure)
    : MemoryAllocator(0, nullptr), capacity_(capacity), left_(capacity), failure_(failure) {}

void* ExactAllocator::allocate(size_t size, size_t alignment) {
  if (failure_->now() || size > left_ || alignment == 0 || (alignment & (alignment - 1)) != 0) return nullptr;
  left_ -= size;
  allocations_.push_back(make_bytes(size, alignment, 0xcd));
  return allocations_.back().get();
}

void ExactAllocator::reset() {
  allocations_.clear();
  left_ = capacity_;
}

ExactLoader::ExactLoader(const uint8_t* data, size_t size, Failure* failure)
    : data_(data), size_(size), failure_(failure) {}

ExactLoader::~ExactLoader() {
  // Whoever loaded must have freed.
  if (!loaded_.empty()) std::abort();
}

Result<FreeableBuffer> ExactLoader::load(size_t offset, size_t size, const SegmentInfo& info) const {
  (void)info;
  if (!is_inside(offset, size)) return Error::InvalidArgument;
  if (failure_->now()) return Error::AccessFailed;
  uint8_t* bytes = make_bytes(size, kFileAlignment, 0).release();
  if (size != 0) std::memcpy(bytes, data_ + offset, size);
  loaded_.push_back({bytes, offset, size});
  return FreeableBuffer(bytes, size, forget, const_cast<ExactLoader*>(this));
}

void ExactLoader::forget(void* context, void* data, size_t size) {
  auto& loaded = static_cast<ExactLoader*>(context)->loaded_;
  for (size_t i = 0; i < loaded.size(); ++i) {
    if (loaded[i].bytes != data) continue;
    loaded.erase(loaded.begin() + static_cast<ptrdiff_t>(i));
    return release(nullptr, data, size);
  }
  std::abort();
}

Error ExactLoader::load_into(size_t offset, size_t size, const SegmentInfo& info, void* buffer) const {
  (void)info;
  if (!is_inside(offset, size)) return Error::InvalidArgument;
  if (failure_->now()) return Error::AccessFailed;
  if (size != 0) std::memcpy(buffer, data_ + offset, size);
  return Error::Ok;
}

bool ExactLoader::unchanged() const {
  for (const Loaded& part : loaded_) {
    if (part.size != 0 && std::memcmp(part.bytes, data_ + part.offset, part.size) != 0) return false;
  }
  return true;
}

Result<const TensorLayout> OneWeight::get_tensor_layout(std::string_view key) const {
  if (key != "weight") return Error::NotFound;
  return TensorLayout::create(kSizes, kDimOrder, executorch::aten::ScalarType::Float);
}

Result<FreeableBuffer> OneWeight::get_data(std::string_view key) const {
  if (key != "weight") return Error::NotFound;
  if (failure_->now()) return Error::AccessFailed;
  return FreeableBuffer(make_bytes(kWeightBytes, kFileAlignment, 0x3f).release(), kWeightBytes, release);
}

Error OneWeight::load_data_into(std::string_view key, void* buffer, size_t size) const {
  if (key != "weight") return Error::NotFound;
  if (size > kWeightBytes || failure_->now()) return Error::InvalidArgument;
  std::memset(buffer, 0x3f, size);
  return Error::Ok;
}

Result<const char*> OneWeight::get_key(uint32_t index) const {
  if (index > 0) return Error::InvalidArgument;
  return "weight";
}

}  // namespace etbuild::testing
