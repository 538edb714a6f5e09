// Writes an etdump: runs with their allocators and events. What the public header calls flatcc_builder.
//
// In a buffer that the app gives, events that no longer fit are left out, so that those before them stay readable.
// Without one, memory comes from the heap and grows.

#pragma once

#include <executorch/runtime/core/exec_aten/exec_aten.h>

#include <cstddef>
#include <cstdint>

#include "etdump_schema.h"
#include "flatbuffer_builder.h"

struct flatcc_builder {
 public:
  using Ref = executorch::runtime::internal::FlatbufferBuilder::Ref;
  using Bytes = executorch::runtime::internal::FlatbufferBuilder::Bytes;

  // A buffer must outlive the writer; with null, the heap is used.
  flatcc_builder(void* buffer, size_t size);
  ~flatcc_builder();
  flatcc_builder(const flatcc_builder&) = delete;
  flatcc_builder& operator=(const flatcc_builder&) = delete;

  // Forgets all.
  void reset();

  // Null gives nothing, which is 0.
  Ref string(const char* text);

  void begin_run(const char* name);
  void add_allocator(const char* name);
  // How many allocators the run has.
  size_t allocators() const { return allocators_; }
  void begin_events();
  void end_run(int bundled_input_index);

  // Who caused an event: an instruction, a delegate by number or by name (or 0).
  struct Cause {
    int32_t chain;
    uint32_t instruction;
    int32_t delegate_number;
    Ref delegate_name;
  };
  void add_profile(Ref name, const Cause& cause, uint64_t start, uint64_t end, const void* metadata, size_t size);
  void add_allocation(uint32_t allocator, uint64_t size);

  // A value that was seen: made by one of the functions below.
  void add_debug(const Cause& cause, Ref value);
  Ref int_value(int64_t value);
  Ref double_value(double value);
  Ref bool_value(bool value);
  // `offset` says where the tensor's data is, -1 that it has none.
  Ref tensor_value(const executorch::aten::Tensor& tensor, long offset, bool is_output);
  // Lists are made from tensors that were added before, in sequence.
  void add_listed_tensor(const executorch::aten::Tensor& tensor, long offset);
  size_t listed_tensors() const { return builder_.pushed(); }
  Ref tensor_list_value(size_t first, bool is_output);

  // The whole dump with its size in front, in the writer's memory until reset(); once all runs have ended.
  Bytes finish();

 private:
  bool reserve(size_t bytes);
  Ref tensor(const executorch::aten::Tensor& tensor, long offset);
  Ref flag(bool value);
  Ref value_of(etdump::ValueType type, uint16_t slot, Ref held, bool is_output);
  void add_event(uint16_t slot, Ref event);

  executorch::runtime::internal::FlatbufferBuilder builder_;
  void* memory_;  // Null if the app's buffer is used.
  size_t size_;
  size_t runs_ = 0;
  size_t allocators_ = 0;
  Ref run_name_ = 0;
  Ref allocator_list_ = 0;
  bool is_left_out_ = false;  // The run, for want of room.
  Bytes finished_ = {nullptr, 0};
};
