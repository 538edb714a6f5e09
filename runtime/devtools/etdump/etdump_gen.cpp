// The tracer that writes etdumps. Its header says what each function records; trace_writer.h how it is written.

#include <executorch/devtools/etdump/emitter.h>
#include <executorch/devtools/etdump/etdump_flatcc.h>
#include <executorch/devtools/etdump/utils.h>
#include <executorch/runtime/platform/assert.h>

#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include "trace_writer.h"

namespace executorch::etdump {

using ::executorch::aten::Tensor;
using ::executorch::runtime::AllocatorID;
using ::executorch::runtime::ArrayRef;
using ::executorch::runtime::ChainID;
using ::executorch::runtime::DebugHandle;
using ::executorch::runtime::DelegateDebugIdType;
using ::executorch::runtime::EValue;
using ::executorch::runtime::EventTracerEntry;
using ::executorch::runtime::kUnsetChainId;
using ::executorch::runtime::kUnsetDelegateDebugIntId;
using ::executorch::runtime::LoggedEValueType;
using ::executorch::runtime::pal_current_ticks;
using ::executorch::runtime::Span;

namespace internal {

// Makes a writer at `builder`, on the heap if `alloc` has no buffer.
int etdump_flatcc_custom_init(flatcc_builder_t* builder, ETDumpStaticAllocator* alloc) {
  const bool is_static = alloc->data != nullptr;
  new (builder) flatcc_builder(is_static ? alloc->data + alloc->data_size : nullptr, alloc->out_size);
  return 0;
}

}  // namespace internal

namespace {

void check_one_is_given(const char* name, DelegateDebugIntId number) {
  ET_CHECK_MSG((name == nullptr) != (number == kUnsetDelegateDebugIntId),
               "A delegate's event has either a name or a number");
}

using Ref = flatcc_builder::Ref;

}  // namespace

ETDumpGen::ETDumpGen(Span<uint8_t> buffer) : builder_(nullptr), data_sink_(nullptr) {
  if (buffer.data() == nullptr) {
    builder_ = static_cast<flatcc_builder*>(std::malloc(sizeof(flatcc_builder)));
    ET_CHECK_MSG(builder_ != nullptr, "There is no memory for a tracer");
  } else {
    uint8_t* begin = internal::align_pointer(buffer.data(), alignof(flatcc_builder));
    const auto padding = static_cast<size_t>(begin - buffer.data());
    constexpr size_t kLeast = sizeof(flatcc_builder) + 1024;
    ET_CHECK_MSG(buffer.size() >= padding + kLeast, "A tracer's buffer must have %zu bytes, has %zu", padding + kLeast,
                 buffer.size());
    builder_ = reinterpret_cast<flatcc_builder*>(begin);
    alloc_.set_buffer(begin, buffer.size() - padding, sizeof(flatcc_builder));
  }
  internal::etdump_flatcc_custom_init(builder_, &alloc_);
}

ETDumpGen::~ETDumpGen() {
  builder_->~flatcc_builder();
  if (!is_static_etdump()) std::free(builder_);
}

void ETDumpGen::clear_builder() { builder_->reset(); }

void ETDumpGen::reset() {
  state_ = State::Init;
  num_blocks_ = 0;
  clear_builder();
}

void ETDumpGen::create_event_block(const char* name) {
  if (state_ == State::Done) reset();
  if (state_ != State::Init) {
    check_ready_to_add_events();
    builder_->end_run(EventTracer::bundled_input_index());
  }
  builder_->begin_run(name);
  ++num_blocks_;
  state_ = State::BlockCreated;
}

// Events follow the allocators.
void ETDumpGen::check_ready_to_add_events() {
  if (state_ == State::AddingEvents) return;
  ET_CHECK_MSG(state_ == State::BlockCreated || state_ == State::AddingAllocators,
               "An event must be in a block: see create_event_block()");
  builder_->begin_events();
  state_ = State::AddingEvents;
}

int64_t ETDumpGen::create_string_entry(const char* name) { return builder_->string(name); }

EventTracerEntry ETDumpGen::start_profiling(const char* name, ChainID chain_id, DebugHandle debug_handle) {
  EventTracerEntry entry;
  entry.event_id = create_string_entry(name);
  entry.delegate_event_id_type = DelegateDebugIdType::kNone;
  const bool is_given = chain_id != kUnsetChainId;
  entry.chain_id = is_given ? chain_id : chain_id_;
  entry.debug_handle = is_given ? debug_handle : debug_handle_;
  entry.start_time = pal_current_ticks();
  return entry;
}

void ETDumpGen::end_profiling(EventTracerEntry prof_entry) {
  const et_timestamp_t now = pal_current_ticks();
  ET_CHECK_MSG(prof_entry.delegate_event_id_type == DelegateDebugIdType::kNone,
               "A delegate's event is ended by end_profiling_delegate()");
  check_ready_to_add_events();
  builder_->add_profile(static_cast<Ref>(prof_entry.event_id),
                        {prof_entry.chain_id, prof_entry.debug_handle, kUnsetDelegateDebugIntId, 0},
                        prof_entry.start_time, now, nullptr, 0);
}

EventTracerEntry ETDumpGen::start_profiling_delegate(const char* name, DelegateDebugIntId delegate_debug_index) {
  check_one_is_given(name, delegate_debug_index);
  EventTracerEntry entry;
  entry.delegate_event_id_type = name == nullptr ? DelegateDebugIdType::kInt : DelegateDebugIdType::kStr;
  entry.event_id = name == nullptr ? delegate_debug_index : create_string_entry(name);
  entry.chain_id = chain_id_;
  entry.debug_handle = debug_handle_;
  entry.start_time = pal_current_ticks();
  return entry;
}

void ETDumpGen::end_profiling_delegate(EventTracerEntry prof_entry, const void* metadata, size_t metadata_len) {
  const et_timestamp_t now = pal_current_ticks();
  check_ready_to_add_events();
  flatcc_builder::Cause cause = {prof_entry.chain_id, prof_entry.debug_handle, kUnsetDelegateDebugIntId, 0};
  if (prof_entry.delegate_event_id_type == DelegateDebugIdType::kInt) {
    cause.delegate_number = static_cast<DelegateDebugIntId>(prof_entry.event_id);
  } else {
    cause.delegate_name = static_cast<Ref>(prof_entry.event_id);
  }
  builder_->add_profile(0, cause, prof_entry.start_time, now, metadata, metadata_len);
}

void ETDumpGen::log_profiling_delegate(const char* name, DelegateDebugIntId delegate_debug_index,
                                       et_timestamp_t start_time, et_timestamp_t end_time, const void* metadata,
                                       size_t metadata_len) {
  check_one_is_given(name, delegate_debug_index);
  check_ready_to_add_events();
  const auto text = static_cast<Ref>(create_string_entry(name));
  builder_->add_profile(0, {chain_id_, debug_handle_, delegate_debug_index, text}, start_time, end_time, metadata,
                        metadata_len);
}

AllocatorID ETDumpGen::track_allocator(const char* name) {
  ET_CHECK_MSG(state_ == State::BlockCreated || state_ == State::AddingAllocators,
               "Allocators follow create_event_block(), before all events");
  state_ = State::AddingAllocators;
  builder_->add_allocator(name);
  return static_cast<AllocatorID>(builder_->allocators());
}

void ETDumpGen::track_allocation(AllocatorID id, size_t size) {
  check_ready_to_add_events();
  builder_->add_allocation(id, size);
}

// Where the tensor's data is in the sink; -1 if it has none.
Result<long> ETDumpGen::write_tensor_or_return_error(Tensor tensor) {
  const size_t nbytes = tensor.nbytes();
  if (nbytes == 0) return -1;
  ET_CHECK_OR_RETURN_ERROR(data_sink_ != nullptr, InvalidState, "There is no sink for a tensor's data");
  ET_CHECK_OR_RETURN_ERROR(tensor.const_data_ptr() != nullptr, InvalidState, "A tensor of %zu bytes has no data",
                           nbytes);
  const Result<size_t> offset = data_sink_->write(tensor.const_data_ptr(), nbytes);
  if (!offset.ok()) return offset.error();
  return static_cast<long>(*offset);
}

Result<bool> ETDumpGen::log_evalue(const EValue& evalue, LoggedEValueType evalue_type) {
  check_ready_to_add_events();
  const bool is_output = evalue_type == LoggedEValueType::kProgramOutput;
  Ref value = 0;
  if (evalue.isTensor()) {
    const Result<long> offset = write_tensor_or_return_error(evalue.toTensor());
    if (!offset.ok()) return offset.error();
    value = builder_->tensor_value(evalue.toTensor(), *offset, is_output);
  } else if (evalue.isTensorList()) {
    const Result<ArrayRef<Tensor>> tensors = evalue.tryToTensorList();
    if (!tensors.ok()) return tensors.error();
    const size_t first = builder_->listed_tensors();
    for (const Tensor& tensor : *tensors) {
      const Result<long> offset = write_tensor_or_return_error(tensor);
      if (!offset.ok()) {
        builder_->tensor_list_value(first, is_output);
        return offset.error();
      }
      builder_->add_listed_tensor(tensor, *offset);
    }
    value = builder_->tensor_list_value(first, is_output);
  } else if (evalue.isInt()) {
    value = builder_->int_value(evalue.toInt());
  } else if (evalue.isDouble()) {
    value = builder_->double_value(evalue.toDouble());
  } else if (evalue.isBool()) {
    value = builder_->bool_value(evalue.toBool());
  } else {
    return false;  // A kind that dumps have no place for.
  }
  builder_->add_debug({chain_id_, debug_handle_, kUnsetDelegateDebugIntId, 0}, value);
  return true;
}

template <typename T>
Result<bool> ETDumpGen::log_intermediate_output_delegate_helper(const char* name,
                                                                DelegateDebugIntId delegate_debug_index,
                                                                const T& output) {
  ET_CHECK_OR_RETURN_ERROR((name == nullptr) != (delegate_debug_index == kUnsetDelegateDebugIntId), InvalidArgument,
                           "A delegate's value has either a name or a number");
  if (filter_ != nullptr) {
    const Result<bool> is_filtered = filter_->filter(name, delegate_debug_index);
    if (!is_filtered.ok()) return is_filtered.error();
    if (*is_filtered) return false;
  }
  check_ready_to_add_events();
  Ref value = 0;
  if constexpr (std::is_same_v<T, Tensor>) {
    const Result<long> offset = write_tensor_or_return_error(output);
    if (!offset.ok()) return offset.error();
    value = builder_->tensor_value(output, *offset, false);
  } else if constexpr (std::is_same_v<T, ArrayRef<Tensor>>) {
    const size_t first = builder_->listed_tensors();
    for (const Tensor& tensor : output) {
      const Result<long> offset = write_tensor_or_return_error(tensor);
      if (!offset.ok()) {
        builder_->tensor_list_value(first, false);
        return offset.error();
      }
      builder_->add_listed_tensor(tensor, *offset);
    }
    value = builder_->tensor_list_value(first, false);
  } else if constexpr (std::is_same_v<T, bool>) {
    value = builder_->bool_value(output);
  } else if constexpr (std::is_same_v<T, double>) {
    value = builder_->double_value(output);
  } else {
    value = builder_->int_value(output);
  }
  builder_->add_debug({chain_id_, debug_handle_, delegate_debug_index, builder_->string(name)}, value);
  return true;
}

#define ET_LOG_DELEGATE_OUTPUT(type)                                                                                  \
  Result<bool> ETDumpGen::log_intermediate_output_delegate(const char* name, DelegateDebugIntId delegate_debug_index, \
                                                           type output) {                                             \
    return log_intermediate_output_delegate_helper(name, delegate_debug_index, output);                               \
  }
ET_LOG_DELEGATE_OUTPUT(const Tensor&)
ET_LOG_DELEGATE_OUTPUT(const ArrayRef<Tensor>)
ET_LOG_DELEGATE_OUTPUT(const int&)
ET_LOG_DELEGATE_OUTPUT(const bool&)
ET_LOG_DELEGATE_OUTPUT(const double&)
#undef ET_LOG_DELEGATE_OUTPUT

void ETDumpGen::set_delegation_intermediate_output_filter(EventTracerFilterBase* event_tracer_filter) {
  filter_ = event_tracer_filter;
}

Result<bool> ETDumpGen::set_debug_buffer(Span<uint8_t> buffer) {
  Result<BufferDataSink> sink = BufferDataSink::create(buffer);
  if (!sink.ok()) return sink.error();
  buffer_data_sink_ = std::move(*sink);
  data_sink_ = &buffer_data_sink_;
  return true;
}

void ETDumpGen::set_data_sink(DataSinkBase* data_sink) { data_sink_ = data_sink; }

DataSinkBase* ETDumpGen::get_data_sink() { return data_sink_; }

size_t ETDumpGen::get_num_blocks() { return num_blocks_; }

bool ETDumpGen::is_static_etdump() { return alloc_.data != nullptr; }

// In the app's buffer, or in memory that the caller frees.
ETDumpResult ETDumpGen::get_etdump_data() {
  if (state_ == State::Init) return {nullptr, 0};
  if (state_ != State::Done) {
    check_ready_to_add_events();
    builder_->end_run(EventTracer::bundled_input_index());
    state_ = State::Done;
  }
  const flatcc_builder::Bytes bytes = builder_->finish();
  if (bytes.data == nullptr) return {nullptr, 0};
  if (is_static_etdump()) return {const_cast<uint8_t*>(bytes.data), bytes.size};
  void* copy = std::malloc(bytes.size);
  if (copy == nullptr) return {nullptr, 0};
  std::memcpy(copy, bytes.data, bytes.size);
  return {copy, bytes.size};
}

}  // namespace executorch::etdump
