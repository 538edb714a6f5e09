#include <executorch/extension/data_loader/mmap_data_loader.h>
#include <executorch/runtime/platform/log.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "open_file.h"
// WASI maps nothing: there, `from` says so.
#ifndef __wasi__
#include <executorch/extension/data_loader/mman.h>
#endif

namespace executorch::extension {

using internal::OpenFile;
using runtime::Error;
using runtime::FreeableBuffer;
using runtime::Result;

#ifdef __wasi__

Result<MmapDataLoader> MmapDataLoader::from(const char* /*file_name*/, MlockConfig /*mlock_config*/) {
  ET_LOG(Error, "Files cannot be mapped here");
  return Error::NotSupported;
}

Result<FreeableBuffer> MmapDataLoader::load(size_t, size_t, const SegmentInfo&) const { return Error::NotSupported; }

#else

namespace {

// How far behind the start of its page something is, in the file or in memory.
size_t within_page(uintptr_t place, size_t page_size) { return place & (page_size - 1); }

// Gives back what `load` mapped: the pages around the data.
void unmap(void* /*context*/, void* data, size_t size) {
  const size_t within = within_page(reinterpret_cast<uintptr_t>(data), static_cast<size_t>(get_os_page_size()));
  static_cast<void>(::munmap(static_cast<uint8_t*>(data) - within, size + within));
}

// Follows the loader's wish about pages that are mapped; false if it cannot be had.
bool prepare(void* pages, size_t size, MmapDataLoader::MlockConfig config, const char* name) {
  using Config = MmapDataLoader::MlockConfig;
  if (config == Config::UseMadvise) madvise_pages_willneed_sequential(pages, size);
  if (config != Config::UseMlock && config != Config::UseMlockIgnoreErrors) return true;
  if (::mlock(pages, size) == 0) return true;
  const bool fails = config == Config::UseMlock;
  if (fails) {
    ET_LOG(Error, "Cannot lock %zu bytes of '%s': %s", size, name, std::strerror(errno));
  } else {
    ET_LOG(Debug, "Cannot lock %zu bytes of '%s': %s", size, name, std::strerror(errno));
  }
  return !fails;
}

}  // namespace

Result<MmapDataLoader> MmapDataLoader::from(const char* file_name, MlockConfig mlock_config) {
  ET_CHECK_OR_RETURN_ERROR(file_name != nullptr, AccessFailed, "A file's name must be given, is null");
  const auto page_size = static_cast<size_t>(get_os_page_size());
  ET_CHECK_OR_RETURN_ERROR(page_size != 0 && (page_size & (page_size - 1)) == 0, AccessFailed,
                           "The size of a page must be a power of two, is %zu", page_size);
  OpenFile file = {};
  ET_CHECK_OK_OR_RETURN_ERROR(internal::open_file(file_name, &file));
  if (mlock_config == MlockConfig::UseMadvise) fcntl_rdadvise_apple(file.descriptor, file.size);
  return MmapDataLoader(file.descriptor, file.size, file.name, page_size, mlock_config);
}

Result<FreeableBuffer> MmapDataLoader::load(size_t offset, size_t size, const SegmentInfo& /*segment_info*/) const {
  ET_CHECK_OK_OR_RETURN_ERROR(validate_input(offset, size));
  if (size == 0) return FreeableBuffer(nullptr, 0, nullptr);
  const size_t within = within_page(offset, page_size_);
  const size_t mapped_size = size + within;
  void* mapped = ::mmap(nullptr, mapped_size, PROT_READ, MAP_PRIVATE, fd_, get_mmap_offset(offset - within));
  ET_CHECK_OR_RETURN_ERROR(mapped != MAP_FAILED, AccessFailed, "Cannot map %zu bytes at %zu of '%s': %s", mapped_size,
                           offset - within, file_name_, std::strerror(errno));
  if (!prepare(mapped, mapped_size, mlock_config_, file_name_)) {
    static_cast<void>(::munmap(mapped, mapped_size));
    return Error::NotSupported;
  }
  return FreeableBuffer(static_cast<const uint8_t*>(mapped) + within, size, unmap);
}

#endif

MmapDataLoader::~MmapDataLoader() { internal::close_file(fd_, file_name_); }

Error MmapDataLoader::validate_input(size_t offset, size_t size) const {
  return internal::check_range({fd_, file_size_, file_name_}, offset, size);
}

Result<size_t> MmapDataLoader::size() const {
  ET_CHECK_OR_RETURN_ERROR(fd_ >= 0, InvalidState, "The loader was moved from");
  return file_size_;
}

// Reads instead of mapping: nothing needs to be mapped to be copied, and a file that became shorter is an error.
Error MmapDataLoader::load_into(size_t offset, size_t size, const SegmentInfo& /*segment_info*/, void* buffer) const {
  ET_CHECK_OR_RETURN_ERROR(buffer != nullptr, InvalidArgument, "The buffer must be given, is null");
  ET_CHECK_OK_OR_RETURN_ERROR(validate_input(offset, size));
  return internal::read_file({fd_, file_size_, file_name_}, offset, size, buffer);
}

}  // namespace executorch::extension
