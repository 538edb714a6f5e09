// What a loaded method is made of, behind the names that the public headers only declare.
//
// All of it lies in the method allocator's memory. What never changes (a call's arguments, a delegate's name) stays in
// the program, which is in flash on small machines; here are only pointers to it.

#pragma once

#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/core/freeable_buffer.h>
#include <executorch/runtime/core/memory_allocator.h>
#include <executorch/runtime/core/span.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/kernel/operator_registry.h>

#include "program_schema.h"

namespace executorch::runtime {

// A step of a method: 16 bytes, 8 on 32 bit.
struct Instruction {
  // The kernel to call; null for whatever is not a KernelCall.
  OpFunction kernel;
  // With a kernel: its arguments, `const flatbuffers::Vector<int32_t, uint32_t>*`, each a checked index of a value.
  // Without: `const executorch_flatbuffer::Instruction*`, checked too.
  const void* source;
};

// Instructions in order, to be run from 0 on until the counter is `size`.
struct Chain {
  const Instruction* instructions;
  size_t size;
};

// Stands in front of a method's first Chain, since Method has no field to spare.
struct alignas(8) MethodState {
  // Room for the arguments of any call of the method: they are expanded into it at each call. Never shorter than
  // kPaddedArguments unless the arity of each kernel is known; what no call has written yet points to a None.
  EValue** arguments;
  // Stands in for what a kernel reads beyond its arguments.
  EValue none;
  // The one kernel that gives a tensor its data: et_view. Null if the method does not call it.
  OpFunction view;
  // Whether each other call has to be checked for tensors without data.
  bool may_lack_data;
};

// How far a kernel of unknown arity can read and still meet a value.
constexpr size_t kPaddedArguments = 24;

// A backend's compiled part of a method, once the backend has accepted it.
class BackendDelegate final {
 public:
  explicit BackendDelegate(const BackendInterface* backend) : backend_(backend), handle_(nullptr) {}

  ~BackendDelegate() {
    if (handle_ != nullptr) backend_->destroy(handle_);
  }

  BackendDelegate(const BackendDelegate&) = delete;
  BackendDelegate& operator=(const BackendDelegate&) = delete;

  // Finds the delegate's data, wherever the program keeps it.
  ET_NODISCARD Error load_data(const Program& program, const executorch_flatbuffer::BackendDelegate* source);

  // Gives the backend its data; it may free it. NULL is a handle that needs no destroying.
  ET_NODISCARD Error init(BackendInitContext& context, ArrayRef<CompileSpec> specs) {
    const auto handle = backend_->init(context, &data_, specs);
    if (handle.ok()) handle_ = *handle;
    return handle.error();
  }

  ET_NODISCARD Error execute(BackendExecutionContext& context, Span<EValue*> arguments) const {
    return backend_->execute(context, handle_, arguments);
  }

 private:
  const BackendInterface* backend_;
  DelegateHandle* handle_;
  FreeableBuffer data_;
};

namespace deserialization {

// Data from outside the program, by name; freed with the method.
struct NamedData {
  const char* key;
  FreeableBuffer buffer;
};

}  // namespace deserialization

// Room for `count` elements in a method's memory, however many a file says; null if there is none.
ET_NODISCARD void* allocate_elements(MemoryAllocator* allocator, size_t count, size_t size, size_t alignment);

template <typename T>
T* allocate_list(MemoryAllocator* allocator, size_t count) {
  // NOLINTNEXTLINE(bugprone-sizeof-expression): elements can be pointers.
  return static_cast<T*>(allocate_elements(allocator, count, sizeof(T), alignof(T)));
}

// What a value of the file is once it is loaded.
inline Tag tag_of(executorch_flatbuffer::KernelTypes type) {
  // As bytes: Tag has four of them.
  constexpr auto byte = [](Tag tag) { return static_cast<uint8_t>(tag); };
  static constexpr uint8_t kTags[] = {byte(Tag::None),     byte(Tag::None),       byte(Tag::Int),
                                      byte(Tag::Bool),     byte(Tag::Double),     byte(Tag::Tensor),
                                      byte(Tag::String),   byte(Tag::ListInt),    byte(Tag::ListDouble),
                                      byte(Tag::ListBool), byte(Tag::ListTensor), byte(Tag::ListOptionalTensor)};
  return static_cast<Tag>(kTags[static_cast<size_t>(type)]);
}

// True if `index` names one of `count` things, which are fewer than 2^31, as all in a file are: a negative one is none.
constexpr bool is_index(int32_t index, size_t count) { return static_cast<uint32_t>(index) < count; }

}  // namespace executorch::runtime
