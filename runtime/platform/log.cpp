// Formats log messages and hands them to the platform. With ET_LOG_ENABLED=0 nothing is formatted: no printf is linked.

#include <executorch/runtime/platform/log.h>
#include <executorch/runtime/platform/platform.h>

#include <cstdio>
#include <cstring>

namespace executorch::runtime::internal {

et_timestamp_t get_log_timestamp() { return pal_current_ticks(); }

#if ET_LOG_ENABLED

void vlogf(LogLevel level, et_timestamp_t timestamp, const char* filename, const char* function, size_t line,
           const char* format, va_list args) {
  constexpr et_pal_log_level_t kLevels[] = {kDebug, kInfo, kError, kFatal};
  const auto index = static_cast<size_t>(level);
  const et_pal_log_level_t pal_level = index < sizeof(kLevels) / sizeof(kLevels[0]) ? kLevels[index] : kUnknown;

  char message[256];
  message[0] = '\0';
  std::vsnprintf(message, sizeof(message), format, args);
  message[sizeof(message) - 1] = '\0';
  pal_emit_log_message(timestamp, pal_level, filename, function, line, message, std::strlen(message));
}

#else

// For apps that were compiled with a log.
void vlogf(LogLevel, et_timestamp_t, const char*, const char*, size_t, const char*, va_list) {}

#endif

}  // namespace executorch::runtime::internal
