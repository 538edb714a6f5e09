// Values of a trace in a buffer that the app gives.

#include <executorch/devtools/etdump/data_sinks/buffer_data_sink.h>
#include <executorch/devtools/etdump/utils.h>

#include <cstring>

namespace executorch::etdump {

using ::executorch::runtime::Result;
using ::executorch::runtime::Span;

Result<BufferDataSink> BufferDataSink::create(Span<uint8_t> buffer, size_t alignment) noexcept {
  ET_CHECK_OR_RETURN_ERROR(alignment != 0 && (alignment & (alignment - 1)) == 0, InvalidArgument,
                           "An alignment must be a power of two, is %zu", alignment);
  return BufferDataSink(buffer, alignment);
}

Result<BufferDataSink> BufferDataSink::create(void* ptr, size_t size, size_t alignment) noexcept {
  return create(Span<uint8_t>(static_cast<uint8_t*>(ptr), ptr == nullptr ? 0 : size), alignment);
}

Result<size_t> BufferDataSink::write(const void* ptr, size_t size) {
  if (size == 0) return offset_;
  ET_CHECK_OR_RETURN_ERROR(ptr != nullptr, InvalidArgument, "There are no %zu bytes to write", size);
  const size_t capacity = debug_buffer_.size();
  const uint8_t* begin = debug_buffer_.data();
  const auto at = reinterpret_cast<uintptr_t>(begin) + offset_;
  const size_t padding = capacity == 0 ? 0 : (0 - at) & (alignment_ - 1);
  ET_CHECK_OR_RETURN_ERROR(padding <= capacity - offset_ && size <= capacity - offset_ - padding, OutOfResources,
                           "%zu bytes do not fit: %zu of %zu are used", size, offset_, capacity);
  const size_t start = offset_ + padding;
  std::memcpy(debug_buffer_.data() + start, ptr, size);
  offset_ = start + size;
  return start;
}

Result<size_t> BufferDataSink::get_storage_size() const { return debug_buffer_.size(); }

size_t BufferDataSink::get_used_bytes() const { return offset_; }

}  // namespace executorch::etdump
