// What compiled C++ calls without being asked, where there are no exceptions: memory, pure virtual calls, the errors of
// the standard containers. Defined here, so that no unwinder is linked, and where no libstdc++ is at all.
#include <cstddef>
#include <cstdlib>
#include <new>
#if defined(__riscv)
#include <string>
#endif

#include "bare.h"

namespace {

void* allocate(std::size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) {
    bare_write(BARE_ERRORS, "panic: no memory is left\n", 25);
    bare_exit(BARE_NO_MEMORY);
  }
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size == 0 ? 1 : size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size == 0 ? 1 : size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace std {
const nothrow_t nothrow{};
[[gnu::weak]] void __throw_bad_alloc() { bare_panic("bad_alloc"); }
[[gnu::weak]] void __throw_bad_array_new_length() { bare_panic("bad_array_new_length"); }
[[gnu::weak]] void __throw_bad_function_call() { bare_panic("bad_function_call"); }
[[gnu::weak]] void __throw_length_error(const char* what) { bare_panic(what); }
[[gnu::weak]] void __throw_logic_error(const char* what) { bare_panic(what); }
[[gnu::weak]] void __throw_invalid_argument(const char* what) { bare_panic(what); }
[[gnu::weak]] void __throw_out_of_range(const char* what) { bare_panic(what); }
[[gnu::weak]] void __throw_out_of_range_fmt(const char* what, ...) { bare_panic(what); }

#if defined(__riscv)
// Its headers count on a library that holds this one.
template class basic_string<char>;
#endif
}  // namespace std

extern "C" {
void* __dso_handle = nullptr;
void __cxa_pure_virtual() { bare_panic("a pure virtual function was called"); }
void __cxa_deleted_virtual() { bare_panic("a deleted virtual function was called"); }
}
