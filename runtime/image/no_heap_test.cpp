// Core and executor take no memory but what they are given: after start, a call of the heap ends the program.
#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/platform/runtime.h>

#include <cstdio>
#include <cstdlib>
#include <new>

#include "programs.h"
#include "runtime/kernels/testing/testing_kernels.h"
#include "runtime/testing/check.h"

namespace {

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::extension::BufferDataLoader;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Method;
using executorch::runtime::Program;
using programs::mlp_portable::forward;

// Volatile: compilers take it for granted that malloc changes no variable.
volatile bool heap_is_closed = false;
bool trap_is_tried = false;

void trap(const char* who) {
  if (!heap_is_closed) return;
  if (trap_is_tried) {
    heap_is_closed = false;
    return;
  }
  std::fprintf(stderr, "%s was called after start\n", who);
  std::_Exit(1);
}

Error set_input(Method& method, const programs::Bytes& input) {
  int32_t sizes[] = {1, 32};
  uint8_t order[] = {0, 1};
  int32_t strides[] = {32, 1};
  TensorImpl given(ScalarType::Float, 2, sizes, const_cast<void*>(input.data), order, strides);
  return method.set_input(EValue(Tensor(&given)), 0);
}

}  // namespace

// What --wrap makes of malloc and its like: calls come to the first, which hand them on to the second.
void* wrap_malloc(size_t size) __asm__("__wrap_malloc");
void* wrap_calloc(size_t count, size_t size) __asm__("__wrap_calloc");
void* wrap_realloc(void* memory, size_t size) __asm__("__wrap_realloc");
void* wrap_aligned_alloc(size_t alignment, size_t size) __asm__("__wrap_aligned_alloc");
void* real_malloc(size_t size) __asm__("__real_malloc");
void* real_calloc(size_t count, size_t size) __asm__("__real_calloc");
void* real_realloc(void* memory, size_t size) __asm__("__real_realloc");
void* real_aligned_alloc(size_t alignment, size_t size) __asm__("__real_aligned_alloc");

void* wrap_malloc(size_t size) {
  trap("malloc");
  return real_malloc(size);
}

void* wrap_calloc(size_t count, size_t size) {
  trap("calloc");
  return real_calloc(count, size);
}

void* wrap_realloc(void* memory, size_t size) {
  trap("realloc");
  return real_realloc(memory, size);
}

void* wrap_aligned_alloc(size_t alignment, size_t size) {
  trap("aligned_alloc");
  return real_aligned_alloc(alignment, size);
}

// Elsewhere they are linked in, and call malloc.
#if defined(__GLIBC__)
void* operator new(size_t size) {
  trap("operator new");
  return real_malloc(size);
}

void* operator new[](size_t size) { return operator new(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
#endif

TEST(the_trap_catches_what_calls_the_heap) {
  trap_is_tried = true;
  heap_is_closed = true;
  void* volatile memory = std::malloc(1);
  std::free(memory);
  CHECK(!heap_is_closed);
  heap_is_closed = true;
  int* volatile number = new int(1);
  delete number;
  CHECK(!heap_is_closed);
  trap_is_tried = false;
}

TEST(loading_running_and_stepping_take_nothing_from_the_heap) {
  executorch::runtime::runtime_init();
  heap_is_closed = true;
  BufferDataLoader loader(programs::mlp_portable::data, programs::mlp_portable::size);
  auto program = Program::load(&loader, Program::Verification::InternalConsistency);
  const Error loaded = program.error();
  Error error = Error::Ok;
  if (program.ok()) {
    auto method = program->load_method(forward::name, forward::memory(), nullptr, nullptr, nullptr,
                                       etbuild::testing::testing_kernels());
    error = method.error();
    if (method.ok()) {
      for (const auto& call : forward::calls()) {
        if (error == Error::Ok) error = set_input(*method, call.inputs[0]);
        if (error == Error::Ok) error = method->execute();
      }
      while (error == Error::Ok) error = method->step();
      if (error == Error::EndOfMethod) error = method->reset_execution();
    }
  }
  heap_is_closed = false;
  CHECK(loaded == Error::Ok);
  CHECK(error == Error::Ok);
}

TEST(a_program_that_is_cut_is_refused_without_the_heap) {
  heap_is_closed = true;
  BufferDataLoader loader(programs::mlp_portable::data, programs::mlp_portable::size / 2);
  const Error error = Program::load(&loader).error();
  heap_is_closed = false;
  CHECK(error != Error::Ok);
}

TEST_MAIN()
