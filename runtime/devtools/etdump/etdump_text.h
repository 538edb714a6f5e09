// An etdump as text, for tests: one line a thing, in sequence.

#pragma once

#include <cstdarg>
#include <cstdio>
#include <string>

#include "etdump_schema.h"

namespace etbuild::testing {

class EtdumpText {
 public:
  // `data` is a whole etdump.
  static std::string of(const void* data, bool with_times) {
    EtdumpText text;
    text.with_times_ = with_times;
    text.add_dump(static_cast<const ::etdump::ETDump*>(flatbuffers::follow(data)));
    return text.text_;
  }

 private:
  __attribute__((format(printf, 2, 3))) void add(const char* format, ...) {
    char line[300];
    va_list args;
    va_start(args, format);
    std::vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    text_ += line;
  }

  void add_dump(const ::etdump::ETDump* dump) {
    add("version %u\n", dump->version());
    for (const ::etdump::RunData* run : *dump->run_data()) {
      add("run '%s' input %d\n", run->name()->c_str(), run->bundled_input_index());
      for (const ::etdump::Allocator* allocator : *run->allocators())
        add("  allocator '%s'\n", allocator->name()->c_str());
      for (const ::etdump::Event* event : *run->events()) add_event(event);
    }
  }

  void add_event(const ::etdump::Event* event) {
    if (event->profile_event() != nullptr) add_profile(event->profile_event());
    if (const auto* allocation = event->allocation_event()) {
      add("  allocation %d: %llu\n", allocation->allocator_id(),
          static_cast<unsigned long long>(allocation->allocation_size()));
    }
    if (event->debug_event() != nullptr) add_debug(event->debug_event());
  }

  void add_profile(const ::etdump::ProfileEvent* event) {
    add("  profile '%s' chain %d instruction %d delegate %d '%s' metadata", event->name()->c_str(),
        event->chain_index(), event->instruction_id(), event->delegate_debug_id_int(),
        event->delegate_debug_id_str()->c_str());
    for (const uint8_t byte : *event->delegate_debug_metadata()) add(" %d", byte);
    if (with_times_) {
      add(" %llu-%llu", static_cast<unsigned long long>(event->start_time()),
          static_cast<unsigned long long>(event->end_time()));
    }
    add("%s\n", event->start_time() <= event->end_time() ? "" : " backwards");
  }

  void add_debug(const ::etdump::DebugEvent* event) {
    add("  debug '%s' chain %lld instruction %d delegate %d '%s'", event->name()->c_str(),
        static_cast<long long>(event->chain_index()), event->instruction_id(), event->delegate_debug_id_int(),
        event->delegate_debug_id_str()->c_str());
    if (const ::etdump::Value* value = event->debug_entry()) add_value(value);
    add("\n");
  }

  void add_value(const ::etdump::Value* value) {
    add(" value %d", static_cast<int>(value->val()));
    if (const auto* held = value->int_value()) add(" int %lld", static_cast<long long>(held->int_val()));
    if (const auto* held = value->float_value()) add(" float %g", static_cast<double>(held->float_val()));
    if (const auto* held = value->double_value()) add(" double %g", held->double_val());
    if (const auto* held = value->bool_value()) add(" bool %d", held->bool_val());
    if (const auto* held = value->output()) add(" output %d", held->bool_val());
    if (value->tensor() != nullptr) add_tensor(value->tensor());
    if (const auto* list = value->tensor_list()) {
      for (const ::etdump::Tensor* tensor : *list->tensors()) add_tensor(tensor);
    }
  }

  void add_tensor(const ::etdump::Tensor* tensor) {
    add(" tensor of %d sizes", static_cast<int>(tensor->scalar_type()));
    for (const int64_t size : *tensor->sizes()) add(" %lld", static_cast<long long>(size));
    add(" strides");
    for (const int64_t stride : *tensor->strides()) add(" %lld", static_cast<long long>(stride));
    add(" at %lld", static_cast<long long>(tensor->offset()));
  }

  std::string text_;
  bool with_times_ = false;
};

}  // namespace etbuild::testing
