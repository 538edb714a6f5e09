// The functions of <sys/mman.h> that mman_windows.h declares, on Windows' file mappings. Empty elsewhere.
//
// Anonymous memory is a mapping of the paging file. A mapping is not split: munmap takes what mmap gave, whole.
#ifdef _WIN32

#include <executorch/extension/data_loader/mman.h>

#include <cerrno>

namespace {

int failed(int code) {
  errno = code;
  return -1;
}

int error_of(DWORD code) {
  switch (code) {
    case ERROR_ACCESS_DENIED:
      return EACCES;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_COMMITMENT_LIMIT:
    case ERROR_WORKING_SET_QUOTA:
      return ENOMEM;
    case ERROR_INVALID_HANDLE:
      return EBADF;
    default:
      return EINVAL;
  }
}

DWORD page_protection(int prot, bool is_private) {
  const bool writes = (prot & PROT_WRITE) != 0;
  if ((prot & PROT_EXEC) != 0) {
    if (!writes) return PAGE_EXECUTE_READ;
    return is_private ? PAGE_EXECUTE_WRITECOPY : PAGE_EXECUTE_READWRITE;
  }
  if (!writes) return prot == PROT_NONE ? PAGE_NOACCESS : PAGE_READONLY;
  return is_private ? PAGE_WRITECOPY : PAGE_READWRITE;
}

DWORD view_access(int prot, bool is_private) {
  DWORD access = FILE_MAP_READ;
  if ((prot & PROT_WRITE) != 0) access = is_private ? FILE_MAP_COPY : FILE_MAP_WRITE;
  if ((prot & PROT_EXEC) != 0) access |= FILE_MAP_EXECUTE;
  return access;
}

DWORD high(uint64_t value) { return static_cast<DWORD>(value >> 32); }
DWORD low(uint64_t value) { return static_cast<DWORD>(value & 0xffffffffu); }

}  // namespace

extern "C" {

void* mmap(void* addr, size_t len, int prot, int flags, int fildes, uint64_t off) {
  const bool is_private = (flags & MAP_PRIVATE) != 0;
  const bool is_anonymous = (flags & MAP_ANONYMOUS) != 0;
  const uint64_t end = off + len;
  if (len == 0 || end < off || prot == PROT_NONE || (flags & MAP_FIXED) != 0) {
    errno = EINVAL;
    return MAP_FAILED;
  }
  HANDLE file = is_anonymous ? INVALID_HANDLE_VALUE : reinterpret_cast<HANDLE>(::_get_osfhandle(fildes));
  if (!is_anonymous && file == INVALID_HANDLE_VALUE) {
    errno = EBADF;
    return MAP_FAILED;
  }
  const DWORD protection = page_protection(prot, is_private && !is_anonymous);
  // A size of zero stands for the file's own; more would make the file longer.
  const uint64_t size = is_anonymous ? end : 0;
  HANDLE mapping = ::CreateFileMappingW(file, nullptr, protection, high(size), low(size), nullptr);
  if (mapping == nullptr) {
    errno = error_of(::GetLastError());
    return MAP_FAILED;
  }
  void* view =
      ::MapViewOfFileEx(mapping, view_access(prot, is_private && !is_anonymous), high(off), low(off), len, addr);
  if (view == nullptr) errno = error_of(::GetLastError());
  // The view keeps the mapping.
  ::CloseHandle(mapping);
  return view != nullptr ? view : MAP_FAILED;
}

int munmap(void* addr, size_t /*len*/) { return ::UnmapViewOfFile(addr) != 0 ? 0 : failed(error_of(::GetLastError())); }

int mprotect(void* addr, size_t len, int prot) {
  DWORD before = 0;
  const bool done = ::VirtualProtect(addr, len, page_protection(prot, false), &before) != 0;
  return done ? 0 : failed(error_of(::GetLastError()));
}

int msync(void* addr, size_t len, int /*flags*/) {
  return ::FlushViewOfFile(addr, len) != 0 ? 0 : failed(error_of(::GetLastError()));
}

int mlock(const void* addr, size_t len) {
  return ::VirtualLock(const_cast<void*>(addr), len) != 0 ? 0 : failed(error_of(::GetLastError()));
}

int munlock(const void* addr, size_t len) {
  return ::VirtualUnlock(const_cast<void*>(addr), len) != 0 ? 0 : failed(error_of(::GetLastError()));
}

}  // extern "C"

#endif
