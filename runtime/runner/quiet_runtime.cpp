#include "quiet_runtime.h"

#include <executorch/runtime/platform/platform.h>

#include <deque>
#include <mutex>

namespace etbuild::runner {
namespace {

constexpr size_t kKept = 4;

struct Messages {
  std::mutex mutex;  // Backends log from their threads.
  std::deque<std::string> last;
};

Messages& messages() {
  static Messages* const kept = new Messages();  // Never destroyed: libraries log while the process ends.
  return *kept;
}

void keep(et_timestamp_t, et_pal_log_level_t level, const char*, const char*, size_t, const char* message,
          size_t length) {
  if (level != et_pal_log_level_t::kError && level != et_pal_log_level_t::kFatal) return;
  const std::lock_guard<std::mutex> lock(messages().mutex);
  messages().last.emplace_back(message, length);
  if (messages().last.size() > kKept) messages().last.pop_front();
}

}  // namespace

void keep_runtime_messages() {
  messages();
  executorch::runtime::register_pal(executorch::runtime::PalImpl::create(keep, __FILE__));
}

std::string kept_runtime_messages() {
  const std::lock_guard<std::mutex> lock(messages().mutex);
  std::string lines;
  for (const std::string& message : messages().last) lines += "  " + message + "\n";
  return lines;
}

}  // namespace etbuild::runner
