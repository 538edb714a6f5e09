// The platform where there is an operating system: a steady clock, stderr, malloc. Weak: an app's et_pal_* win.

#include "hosted.h"

#if ET_HOSTED

#define ET_INTERNAL_PLATFORM_WEAKNESS ET_WEAK
#include <executorch/runtime/platform/platform.h>

#include <atomic>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>

namespace {

uint64_t steady_nanoseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

// When the clock was first asked; 0 until then.
std::atomic<uint64_t> first_nanoseconds{0};

}  // namespace

extern "C" {

void et_pal_init(void) { et_pal_current_ticks(); }

void et_pal_abort(void) { std::abort(); }

et_timestamp_t et_pal_current_ticks(void) {
  const uint64_t now = steady_nanoseconds();
  uint64_t first = first_nanoseconds.load(std::memory_order_relaxed);
  if (first == 0 && first_nanoseconds.compare_exchange_strong(first, now, std::memory_order_relaxed)) return 0;
  return now - first;
}

et_tick_ratio_t et_pal_ticks_to_ns_multiplier(void) { return {1, 1}; }

void et_pal_emit_log_message(et_timestamp_t timestamp, et_pal_log_level_t level, const char* filename, const char*,
                             size_t line, const char* message, size_t) {
  const uint64_t microseconds = timestamp / 1000;
  const auto seconds = static_cast<unsigned long long>(microseconds / 1000000);
  std::fprintf(stderr, "%c %02llu:%02llu:%02llu.%06u executorch:%s:%zu] %s\n", static_cast<char>(level), seconds / 3600,
               seconds / 60 % 60, seconds % 60, static_cast<unsigned>(microseconds % 1000000), filename, line, message);
  std::fflush(stderr);
}

void* et_pal_allocate(size_t size) { return std::malloc(size); }

void et_pal_free(void* ptr) { std::free(ptr); }

}  // extern "C"

#endif  // ET_HOSTED
