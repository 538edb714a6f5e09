// The table of platform functions: an app's et_pal_* or the defaults, unless replaced by register_pal().
// Knows no platform: default_pal_*.cpp do.

#include <executorch/runtime/platform/abort.h>
#include <executorch/runtime/platform/log.h>
#include <executorch/runtime/platform/platform.h>
#include <executorch/runtime/platform/runtime.h>

namespace executorch::runtime {

namespace {

// Initialised by the linker, so that it can be used before any constructor has run.
PalImpl active_pal = {
    et_pal_init,     et_pal_abort, et_pal_current_ticks,   et_pal_ticks_to_ns_multiplier, et_pal_emit_log_message,
    et_pal_allocate, et_pal_free,  "the default platform",
};

bool pal_was_registered = false;

template <typename Function>
void replace(Function& active, Function given) {
  if (given != nullptr) active = given;
}

}  // namespace

PalImpl PalImpl::create(pal_emit_log_message_method emit_log_message, const char* source_filename) {
  return {nullptr, nullptr, nullptr, nullptr, emit_log_message, nullptr, nullptr, source_filename};
}

PalImpl PalImpl::create(pal_init_method init, pal_abort_method abort, pal_current_ticks_method current_ticks,
                        pal_ticks_to_ns_multiplier_method ticks_to_ns_multiplier,
                        pal_emit_log_message_method emit_log_message, pal_allocate_method allocate,
                        pal_free_method free, const char* source_filename) {
  return {init, abort, current_ticks, ticks_to_ns_multiplier, emit_log_message, allocate, free, source_filename};
}

bool register_pal(PalImpl impl) {
  if (pal_was_registered) {
    ET_LOG(Error, "register_pal() called again; the platform registered by %s is replaced",
           active_pal.source_filename != nullptr ? active_pal.source_filename : "an unnamed file");
  }
  pal_was_registered = true;
  replace(active_pal.init, impl.init);
  replace(active_pal.abort, impl.abort);
  replace(active_pal.current_ticks, impl.current_ticks);
  replace(active_pal.ticks_to_ns_multiplier, impl.ticks_to_ns_multiplier);
  replace(active_pal.emit_log_message, impl.emit_log_message);
  replace(active_pal.allocate, impl.allocate);
  replace(active_pal.free, impl.free);
  active_pal.source_filename = impl.source_filename;
  if (impl.init != nullptr) impl.init();
  return true;
}

const PalImpl* get_pal_impl() { return &active_pal; }

void pal_init() { active_pal.init(); }

void pal_abort() {
  active_pal.abort();
  et_pal_abort();  // A registered function may return; this one must not.
}

et_timestamp_t pal_current_ticks() { return active_pal.current_ticks(); }

et_tick_ratio_t pal_ticks_to_ns_multiplier() { return active_pal.ticks_to_ns_multiplier(); }

void pal_emit_log_message(et_timestamp_t timestamp, et_pal_log_level_t level, const char* filename,
                          const char* function, size_t line, const char* message, size_t length) {
  active_pal.emit_log_message(timestamp, level, filename, function, line, message, length);
}

void* pal_allocate(size_t size) { return active_pal.allocate(size); }

void pal_free(void* ptr) { active_pal.free(ptr); }

// register_pal() has called the init of a registered platform.
void runtime_init() { et_pal_init(); }

void runtime_abort() { pal_abort(); }

}  // namespace executorch::runtime
