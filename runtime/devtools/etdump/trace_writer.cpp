#include "trace_writer.h"

#include <executorch/runtime/core/exec_aten/util/tensor_dimension_limit.h>
#include <executorch/runtime/platform/log.h>

#include <cstdlib>
#include <cstring>

using etdump::ValueType;

namespace {

constexpr size_t kFirstSize = 4096;
// The most that a table takes with its vtable, and what ends a run and the dump.
constexpr size_t kTable = 160;
constexpr size_t kEnding = 4 * kTable;

}  // namespace

flatcc_builder::flatcc_builder(void* buffer, size_t size)
    : builder_(nullptr, 0),
      memory_(buffer == nullptr ? std::malloc(kFirstSize) : nullptr),
      size_(buffer == nullptr ? kFirstSize : size) {
  void* begin = buffer == nullptr ? memory_ : buffer;
  builder_.grow(begin, begin == nullptr ? 0 : size_);
}

flatcc_builder::~flatcc_builder() { std::free(memory_); }

void flatcc_builder::reset() {
  builder_.reset();
  runs_ = 0;
  allocators_ = 0;
  run_name_ = 0;
  allocator_list_ = 0;
  is_left_out_ = false;
  finished_ = {nullptr, 0};
}

// Whether there is room for `bytes`, and for what ends the dump after them: each reference that waits is written again.
bool flatcc_builder::reserve(size_t bytes) {
  if (is_left_out_) return false;
  const size_t needed = bytes + kEnding + 4 * (builder_.pushed() + 4);
  if (builder_.room() >= needed) return true;
  if (memory_ == nullptr || !builder_.ok()) {
    ET_LOG(Error, "The buffer of the trace is full: an event is left out");
    return false;
  }
  const size_t larger_size = 2 * (size_ + needed);
  void* larger = std::malloc(larger_size);
  if (larger == nullptr) return false;
  builder_.grow(larger, larger_size);
  std::free(memory_);
  memory_ = larger;
  size_ = larger_size;
  return builder_.ok();
}

flatcc_builder::Ref flatcc_builder::string(const char* text) {
  if (text == nullptr || !reserve(std::strlen(text) + 16)) return 0;
  return builder_.string(text);
}

void flatcc_builder::begin_run(const char* name) {
  is_left_out_ = false;
  is_left_out_ = !reserve(kEnding);
  run_name_ = string(name);
  allocators_ = 0;
}

void flatcc_builder::add_allocator(const char* name) {
  ++allocators_;
  const Ref text = string(name);
  if (!reserve(kTable)) return;
  builder_.start_table();
  builder_.add_ref(etdump::Allocator::slot_of_name, text);
  builder_.push(builder_.end_table());
}

void flatcc_builder::begin_events() {
  if (!is_left_out_) allocator_list_ = builder_.vector_of_pushed(runs_);
}

void flatcc_builder::end_run(int bundled_input_index) {
  if (is_left_out_) return;
  const Ref events = builder_.vector_of_pushed(runs_);
  builder_.start_table();
  builder_.add_ref(etdump::RunData::slot_of_name, run_name_);
  if (bundled_input_index != -1) builder_.add(etdump::RunData::slot_of_bundled_input_index, bundled_input_index);
  builder_.add_ref(etdump::RunData::slot_of_allocators, allocator_list_);
  builder_.add_ref(etdump::RunData::slot_of_events, events);
  builder_.push(builder_.end_table());
  allocator_list_ = 0;
  ++runs_;
}

void flatcc_builder::add_event(uint16_t slot, Ref event) {
  builder_.start_table();
  builder_.add_ref(slot, event);
  builder_.push(builder_.end_table());
}

void flatcc_builder::add_profile(Ref name, const Cause& cause, uint64_t start, uint64_t end, const void* metadata,
                                 size_t size) {
  using Event = etdump::ProfileEvent;
  if (!reserve(2 * kTable + size)) return;
  const Ref bytes = metadata == nullptr || size == 0 ? 0 : builder_.vector(static_cast<const uint8_t*>(metadata), size);
  builder_.start_table();
  builder_.add(Event::slot_of_start_time, start);
  builder_.add(Event::slot_of_end_time, end);
  builder_.add_ref(Event::slot_of_name, name);
  builder_.add(Event::slot_of_chain_index, cause.chain);
  builder_.add(Event::slot_of_instruction_id, cause.instruction);
  if (cause.delegate_number != -1) builder_.add(Event::slot_of_delegate_debug_id_int, cause.delegate_number);
  builder_.add_ref(Event::slot_of_delegate_debug_id_str, cause.delegate_name);
  builder_.add_ref(Event::slot_of_delegate_debug_metadata, bytes);
  add_event(etdump::Event::slot_of_profile_event, builder_.end_table());
}

void flatcc_builder::add_allocation(uint32_t allocator, uint64_t size) {
  if (!reserve(2 * kTable)) return;
  builder_.start_table();
  builder_.add(etdump::AllocationEvent::slot_of_allocation_size, size);
  builder_.add(etdump::AllocationEvent::slot_of_allocator_id, allocator);
  add_event(etdump::Event::slot_of_allocation_event, builder_.end_table());
}

void flatcc_builder::add_debug(const Cause& cause, Ref value) {
  using Event = etdump::DebugEvent;
  if (value == 0 || !reserve(2 * kTable)) return;
  builder_.start_table();
  builder_.add(Event::slot_of_chain_index, static_cast<uint64_t>(static_cast<int64_t>(cause.chain)));
  builder_.add(Event::slot_of_instruction_id, cause.instruction);
  builder_.add_ref(Event::slot_of_debug_entry, value);
  if (cause.delegate_number != -1) builder_.add(Event::slot_of_delegate_debug_id_int, cause.delegate_number);
  builder_.add_ref(Event::slot_of_delegate_debug_id_str, cause.delegate_name);
  add_event(etdump::Event::slot_of_debug_event, builder_.end_table());
}

flatcc_builder::Ref flatcc_builder::flag(bool value) {
  builder_.start_table();
  builder_.add(etdump::Bool::slot_of_bool_val, static_cast<uint8_t>(value));
  return builder_.end_table();
}

flatcc_builder::Ref flatcc_builder::value_of(ValueType type, uint16_t slot, Ref held, bool is_output) {
  const Ref output = is_output ? flag(true) : 0;
  builder_.start_table();
  builder_.add_ref(slot, held);
  builder_.add_ref(etdump::Value::slot_of_output, output);
  builder_.add(etdump::Value::slot_of_val, type);
  return builder_.end_table();
}

flatcc_builder::Ref flatcc_builder::int_value(int64_t value) {
  if (!reserve(2 * kTable)) return 0;
  builder_.start_table();
  builder_.add(etdump::Int::slot_of_int_val, value);
  return value_of(ValueType::Int, etdump::Value::slot_of_int_value, builder_.end_table(), false);
}

flatcc_builder::Ref flatcc_builder::double_value(double value) {
  if (!reserve(2 * kTable)) return 0;
  builder_.start_table();
  builder_.add(etdump::Double::slot_of_double_val, value);
  return value_of(ValueType::Double, etdump::Value::slot_of_double_value, builder_.end_table(), false);
}

flatcc_builder::Ref flatcc_builder::bool_value(bool value) {
  if (!reserve(2 * kTable)) return 0;
  return value_of(ValueType::Bool, etdump::Value::slot_of_bool_value, flag(value), false);
}

flatcc_builder::Ref flatcc_builder::tensor(const executorch::aten::Tensor& tensor, long offset) {
  using Fields = etdump::Tensor;
  constexpr size_t kLimit = executorch::runtime::kTensorDimensionLimit;
  int64_t sizes[kLimit];
  int64_t strides[kLimit];
  const size_t dim = tensor.sizes().size() < kLimit ? tensor.sizes().size() : kLimit;
  for (size_t i = 0; i < dim; ++i) {
    sizes[i] = tensor.sizes()[i];
    strides[i] = tensor.strides()[i];
  }
  if (!reserve(3 * kTable + 16 * dim)) return 0;
  const Ref size_list = builder_.vector(sizes, dim);
  const Ref stride_list = builder_.vector(strides, dim);
  builder_.start_table();
  builder_.add(Fields::slot_of_offset, static_cast<int64_t>(offset));
  builder_.add_ref(Fields::slot_of_sizes, size_list);
  builder_.add_ref(Fields::slot_of_strides, stride_list);
  builder_.add(Fields::slot_of_scalar_type, static_cast<int8_t>(tensor.scalar_type()));
  return builder_.end_table();
}

flatcc_builder::Ref flatcc_builder::tensor_value(const executorch::aten::Tensor& held, long offset, bool is_output) {
  const Ref table = tensor(held, offset);
  if (table == 0 || !reserve(2 * kTable)) return 0;
  return value_of(ValueType::Tensor, etdump::Value::slot_of_tensor, table, is_output);
}

void flatcc_builder::add_listed_tensor(const executorch::aten::Tensor& listed, long offset) {
  const Ref table = tensor(listed, offset);
  if (table != 0) builder_.push(table);
}

flatcc_builder::Ref flatcc_builder::tensor_list_value(size_t first, bool is_output) {
  if (!reserve(3 * kTable + 4 * (builder_.pushed() - first))) return 0;
  const Ref tensors = builder_.vector_of_pushed(first);
  builder_.start_table();
  builder_.add_ref(etdump::TensorList::slot_of_tensors, tensors);
  return value_of(ValueType::TensorList, etdump::Value::slot_of_tensor_list, builder_.end_table(), is_output);
}

flatcc_builder::Bytes flatcc_builder::finish() {
  if (finished_.data != nullptr || runs_ == 0) return finished_;
  const Ref runs = builder_.vector_of_pushed(0);
  builder_.start_table();
  builder_.add(etdump::ETDump::slot_of_version, uint32_t{0});
  builder_.add_ref(etdump::ETDump::slot_of_run_data, runs);
  finished_ = builder_.finish_with_size(builder_.end_table(), "ED00");
  return finished_;
}
