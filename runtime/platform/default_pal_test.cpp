// What the default platform prints, and that it counts time and gives memory: with the official library, too.

#include <executorch/runtime/platform/platform.h>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>

#include "check.h"

namespace {

TEST(messages_go_to_stderr_in_one_line) {
  std::FILE* file = std::tmpfile();
  CHECK(file != nullptr);
  const int before = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  constexpr uint64_t kSecond = 1000000000;
  et_pal_emit_log_message(0, kInfo, "file.cpp", "function", 3, "message", 7);
  et_pal_emit_log_message(3723 * kSecond + 4567, kError, "file.cpp", "function", 4, "", 0);
  et_pal_emit_log_message(360000 * kSecond + 999999999, kFatal, "file.cpp", "function", 5, "100 hours", 9);
  dup2(before, STDERR_FILENO);
  close(before);
  std::rewind(file);
  char text[500];
  text[std::fread(text, 1, sizeof(text) - 1, file)] = '\0';
  std::fclose(file);
  CHECK(std::strcmp(text,
                    "I 00:00:00.000000 executorch:file.cpp:3] message\n"
                    "E 01:02:03.000004 executorch:file.cpp:4] \n"
                    "F 100:00:00.999999 executorch:file.cpp:5] 100 hours\n") == 0);
}

TEST(ticks_are_nanoseconds) {
  const et_tick_ratio_t ratio = et_pal_ticks_to_ns_multiplier();
  CHECK(ratio.numerator == 1 && ratio.denominator == 1);
  const auto begin = std::chrono::steady_clock::now();
  const et_timestamp_t first = et_pal_current_ticks();
  while (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(5)) {
  }
  const et_timestamp_t last = et_pal_current_ticks();
  const auto all = std::chrono::nanoseconds(std::chrono::steady_clock::now() - begin).count();
  CHECK(last - first > 3000000);
  CHECK(static_cast<int64_t>(last - first) <= all);
}

TEST(memory_comes_from_the_heap) {
  void* memory = et_pal_allocate(100);
  CHECK(memory != nullptr);
  std::memset(memory, 1, 100);
  et_pal_free(memory);
}

}  // namespace

TEST_MAIN()
