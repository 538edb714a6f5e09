#include <executorch/extension/data_loader/file_data_loader.h>
#include <executorch/runtime/platform/log.h>

#include <algorithm>
#include <cstdint>
#include <new>

#include "open_file.h"

namespace executorch::extension {

using internal::OpenFile;
using runtime::Error;
using runtime::FreeableBuffer;
using runtime::Result;

namespace {

// Gives back what `load` took: the context is the alignment that it was taken with.
void release(void* context, void* data, size_t /*size*/) {
  ::operator delete(data, static_cast<std::align_val_t>(reinterpret_cast<uintptr_t>(context)));
}

}  // namespace

Result<FileDataLoader> FileDataLoader::from(const char* file_name, size_t alignment) {
  ET_CHECK_OR_RETURN_ERROR(alignment != 0 && (alignment & (alignment - 1)) == 0, InvalidArgument,
                           "The alignment must be a power of two, is %zu", alignment);
  OpenFile file = {};
  ET_CHECK_OK_OR_RETURN_ERROR(internal::open_file(file_name, &file));
  return FileDataLoader(file.descriptor, file.size, alignment, file.name);
}

FileDataLoader::~FileDataLoader() { internal::close_file(fd_, file_name_); }

Result<FreeableBuffer> FileDataLoader::load(size_t offset, size_t size, const SegmentInfo& /*segment_info*/) const {
  const OpenFile file = {fd_, file_size_, file_name_};
  ET_CHECK_OK_OR_RETURN_ERROR(internal::check_range(file, offset, size));
  if (size == 0) return FreeableBuffer(nullptr, 0, nullptr);
  const auto alignment = std::max(alignment_, static_cast<std::align_val_t>(alignof(std::max_align_t)));
  void* data = ::operator new(size, alignment, std::nothrow);
  ET_CHECK_OR_RETURN_ERROR(data != nullptr, MemoryAllocationFailed, "No memory for %zu bytes of '%s'", size, file.name);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): it is never a pointer again.
  FreeableBuffer buffer(data, size, release, reinterpret_cast<void*>(static_cast<uintptr_t>(alignment)));
  ET_CHECK_OK_OR_RETURN_ERROR(internal::read_file(file, offset, size, data));
  return buffer;
}

Result<size_t> FileDataLoader::size() const {
  ET_CHECK_OR_RETURN_ERROR(fd_ >= 0, InvalidState, "The loader was moved from");
  return file_size_;
}

Error FileDataLoader::load_into(size_t offset, size_t size, const SegmentInfo& /*segment_info*/, void* buffer) const {
  const OpenFile file = {fd_, file_size_, file_name_};
  ET_CHECK_OK_OR_RETURN_ERROR(internal::check_range(file, offset, size));
  ET_CHECK_OR_RETURN_ERROR(buffer != nullptr, InvalidArgument, "The buffer must be given, is null");
  return internal::read_file(file, offset, size, buffer);
}

}  // namespace executorch::extension
