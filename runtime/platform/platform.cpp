// The table of platform functions: an app's et_pal_* or the defaults, unless replaced by register_pal().
// Knows no platform: default_pal_*.cpp do.

#include <executorch/runtime/platform/abort.h>
#include <executorch/runtime/platform/log.h>
#include <executorch/runtime/platform/platform.h>
#include <executorch/runtime/platform/runtime.h>

namespace executorch::runtime {

namespace {

// Both are initialised by the linker, so that they can be used before any constructor has run.
const PalImpl default_pal = {
    et_pal_init,     et_pal_abort, et_pal_current_ticks,   et_pal_ticks_to_ns_multiplier, et_pal_emit_log_message,
    et_pal_allocate, et_pal_free,  "the default platform",
};

// Null until there is one: an image that registers none and does no more than abort is linked without the table.
const PalImpl* registered_pal = nullptr;

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
  if (registered_pal != nullptr) {
    ET_LOG(Error, "register_pal() called again; the platform registered by %s is replaced",
           registered_pal->source_filename != nullptr ? registered_pal->source_filename : "an unnamed file");
  }
  static PalImpl active;
  active = *get_pal_impl();
  replace(active.init, impl.init);
  replace(active.abort, impl.abort);
  replace(active.current_ticks, impl.current_ticks);
  replace(active.ticks_to_ns_multiplier, impl.ticks_to_ns_multiplier);
  replace(active.emit_log_message, impl.emit_log_message);
  replace(active.allocate, impl.allocate);
  replace(active.free, impl.free);
  active.source_filename = impl.source_filename;
  registered_pal = &active;
  if (impl.init != nullptr) impl.init();
  return true;
}

const PalImpl* get_pal_impl() { return registered_pal != nullptr ? registered_pal : &default_pal; }

void pal_init() { get_pal_impl()->init(); }

void pal_abort() {
  if (registered_pal != nullptr) registered_pal->abort();
  et_pal_abort();  // A registered function may return; this one must not.
}

et_timestamp_t pal_current_ticks() { return get_pal_impl()->current_ticks(); }

et_tick_ratio_t pal_ticks_to_ns_multiplier() { return get_pal_impl()->ticks_to_ns_multiplier(); }

void pal_emit_log_message(et_timestamp_t timestamp, et_pal_log_level_t level, const char* filename,
                          const char* function, size_t line, const char* message, size_t length) {
  get_pal_impl()->emit_log_message(timestamp, level, filename, function, line, message, length);
}

void* pal_allocate(size_t size) { return get_pal_impl()->allocate(size); }

void pal_free(void* ptr) { get_pal_impl()->free(ptr); }

// register_pal() has called the init of a registered platform.
void runtime_init() { et_pal_init(); }

void runtime_abort() { pal_abort(); }

}  // namespace executorch::runtime
