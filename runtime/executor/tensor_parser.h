// Makes a method's tensors: layout checked, memory found. What it makes can be handed to kernels as it is.

#pragma once

#include <executorch/runtime/core/exec_aten/exec_aten.h>
#include <executorch/runtime/core/named_data_map.h>
#include <executorch/runtime/executor/memory_manager.h>
#include <executorch/runtime/executor/program.h>

#include "plan.h"

namespace executorch::runtime {
namespace internal {

// How a tensor of the file is laid out.
struct TensorForm {
  aten::ScalarType type;
  // Of sizes and dim order.
  size_t rank;
  const int32_t* sizes;
  const uint8_t* dim_order;
  size_t nbytes;

  // Whether something of the same rank has these sizes and this dim order.
  bool is_like(const int32_t* other_sizes, const uint8_t* other_dim_order) const;
};

// Checks what a tensor says of itself: type, rank, sizes, the bytes they make, dim order. Stores it.
// NotSupported: a storage offset. InvalidProgram: everything else that cannot be.
ET_NODISCARD Error check_tensor(const executorch_flatbuffer::Tensor* tensor, TensorForm* form);

// True if the tensor's data comes from outside the program.
inline bool is_external(const executorch_flatbuffer::Tensor* tensor) {
  const auto* extra = tensor->extra_tensor_info();
  return extra != nullptr && extra->location() == executorch_flatbuffer::TensorDataLocation::EXTERNAL;
}

}  // namespace internal

namespace deserialization {

// Makes the tensors of one method, one after another.
class TensorParser final {
 public:
  // Constants from outside are appended to `constants`, which has room for all of them, and counted in `count`.
  TensorParser(const Program* program, MemoryManager* memory, const NamedDataMap* outside, NamedData* constants,
               size_t* count)
      : program_(program), memory_(memory), outside_(outside), constants_(constants), count_(count), last_(nullptr) {}

  // Makes the tensor in the method allocator. A static tensor's sizes and dim order stay where the program has them;
  // its strides are those of the tensor before it, if they are equal.
  ET_NODISCARD Error parse(const executorch_flatbuffer::Tensor* tensor, etensor::TensorImpl** made);

 private:
  Error find_data(const executorch_flatbuffer::Tensor* tensor, const internal::TensorForm& form, void** data);
  Error load_state(const executorch_flatbuffer::Tensor* tensor, const internal::TensorForm& form, void* data) const;
  Error find_constant(const executorch_flatbuffer::Tensor* tensor, const internal::TensorForm& form, void** data);
  Error check_outside(const flatbuffers::String* name, const internal::TensorForm& form) const;
  int32_t* make_strides(const internal::TensorForm& form);

  const Program* program_;
  MemoryManager* memory_;
  const NamedDataMap* outside_;
  NamedData* constants_;
  size_t* count_;
  // The tensor whose strides may be shared.
  const etensor::TensorImpl* last_;
};

}  // namespace deserialization
}  // namespace executorch::runtime
