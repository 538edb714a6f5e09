// The table of platform functions, the log and the abort; it runs on the official library, too.

#include <executorch/runtime/platform/assert.h>
#include <executorch/runtime/platform/clock.h>
#include <executorch/runtime/platform/log.h>
#include <executorch/runtime/platform/platform.h>
#include <executorch/runtime/platform/runtime.h>

#include <cstring>

#include "abort_check.h"
#include "check.h"

namespace {

using executorch::runtime::get_pal_impl;
using executorch::runtime::LogLevel;
using executorch::runtime::PalImpl;
using executorch::runtime::register_pal;
namespace internal = executorch::runtime::internal;
using etbuild::testing::aborts;

// The last message.
struct Message {
  int count = 0;
  et_pal_log_level_t level = kUnknown;
  size_t line = 0;
  size_t length = 0;
  char text[300] = "";
} message;

void keep(et_timestamp_t, et_pal_log_level_t level, const char*, const char*, size_t line, const char* text,
          size_t length) {
  ++message.count;
  message.level = level;
  message.line = line;
  message.length = length;
  std::memcpy(message.text, text, length + 1);
}

int initialisations = 0;
void initialise() { ++initialisations; }
et_timestamp_t always_seven() { return 7; }

TEST(the_defaults_are_the_functions_that_an_app_may_define) {
  CHECK(get_pal_impl()->allocate == et_pal_allocate);
  CHECK(get_pal_impl()->emit_log_message == et_pal_emit_log_message);
  CHECK(get_pal_impl()->source_filename != nullptr);
  executorch::runtime::runtime_init();
  const et_timestamp_t before = executorch::runtime::pal_current_ticks();
  CHECK(executorch::runtime::pal_current_ticks() >= before);
  const et_tick_ratio_t ratio = executorch::runtime::pal_ticks_to_ns_multiplier();
  CHECK(ratio.denominator != 0);
  CHECK(executorch::runtime::ticks_to_ns(ratio.denominator) == ratio.numerator);
  executorch::runtime::pal_free(nullptr);
}

TEST(registered_functions_replace_the_defaults_and_the_rest_stay) {
  CHECK(register_pal(PalImpl::create(keep, __FILE__)));
  CHECK(get_pal_impl()->emit_log_message == keep);
  CHECK(get_pal_impl()->current_ticks == et_pal_current_ticks);
  CHECK(register_pal(PalImpl::create(initialise, nullptr, always_seven, nullptr, nullptr, nullptr, nullptr, __FILE__)));
  CHECK(initialisations == 1);
  CHECK(get_pal_impl()->emit_log_message == keep);
  CHECK(executorch::runtime::pal_current_ticks() == 7);
  CHECK(internal::get_log_timestamp() == 7);
  executorch::runtime::pal_init();
  CHECK(initialisations == 2);
  executorch::runtime::runtime_init();
  CHECK(initialisations == 2);
}

void log(LogLevel level, const char* format, ...) ET_PRINTFLIKE(2, 3);
void log(LogLevel level, const char* format, ...) {
  va_list args;
  va_start(args, format);
  internal::vlogf(level, 1, "file.cpp", "function", 12, format, args);
  va_end(args);
}

TEST(messages_are_formatted_and_cut) {
  if (!ET_LOG_ENABLED) return;
  log(LogLevel::Info, "%d of %s", 3, "five");
  CHECK(std::strcmp(message.text, "3 of five") == 0 && message.length == 9);
  CHECK(message.level == kInfo && message.line == 12);
  log(LogLevel::Error, "%s", "");
  CHECK(message.level == kError && message.length == 0);
  log(LogLevel::Fatal, "!");
  CHECK(message.level == kFatal);
  log(LogLevel::Debug, "!");
  CHECK(message.level == kDebug);
  log(static_cast<LogLevel>(77), "!");
  CHECK(message.level == kUnknown);
  char text[1000];
  std::memset(text, 'x', sizeof(text));
  log(LogLevel::Info, "%.254s", text);
  CHECK(message.length == 254);
  log(LogLevel::Info, "%.999s", text);
  CHECK(message.length == 255 && message.text[255] == '\0');
}

TEST(what_is_below_the_level_is_not_logged) {
  const int before = message.count;
  ET_LOG(Debug, "details");
  CHECK(message.count == before);
}

TEST(a_failed_check_aborts) {
  CHECK(aborts([] { ET_CHECK_MSG(false, "never"); }));
  CHECK(aborts([] { executorch::runtime::runtime_abort(); }));
  ET_CHECK_MSG(true, "always");
}

}  // namespace

TEST_MAIN()
