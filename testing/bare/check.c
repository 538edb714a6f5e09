#include "check.h"

#if defined(ETBUILD_BARE_METAL)
#include "bare.h"
#else
#include <stdio.h>
#endif

static size_t failed_checks;

static size_t length_of(const char* text) {
  size_t length = 0;
  while (text[length] != '\0') ++length;
  return length;
}

static bool same_text(const char* one, const char* other) {
  while (*one != '\0' && *one == *other) ++one, ++other;
  return *one == *other;
}

// All goes out through here, a line's parts one by one.
static void say(const char* text) {
#if defined(ETBUILD_BARE_METAL)
  bare_write(BARE_OUTPUT, text, length_of(text));
#else
  fwrite(text, 1, length_of(text), stdout);
#endif
}

static void say_number(int64_t number) {
  char digits[21];
  size_t at = sizeof digits - 1;
  // Its magnitude, computed without signed overflow: the smallest number has no positive counterpart.
  uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
  digits[at] = '\0';
  do {
    digits[--at] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (number < 0) digits[--at] = '-';
  say(&digits[at]);
}

// Six digits after the point: enough to see how far off a result is.
static void say_real(double real) {
  if (real != real) {
    say("nan");
    return;
  }
  if (real < 0) {
    say("-");
    real = -real;
  }
  if (real > 9e12) {
    say("more than 9e12");
    return;
  }
  int64_t millionths = (int64_t)(real * 1e6 + 0.5);
  char fraction[7] = "000000";
  for (int64_t rest = millionths % 1000000, at = 5; rest != 0; rest /= 10) fraction[at--] = (char)('0' + rest % 10);
  say_number(millionths / 1000000);
  say(".");
  say(fraction);
}

static void begin_failure(const char* expression, const char* file, int line) {
  ++failed_checks;
  say("  ");
  say(file);
  say(":");
  say_number(line);
  say(": '");
  say(expression);
  say("' must be ");
}

bool bare_check(bool passed, const char* expression, const char* file, int line) {
  if (!passed) {
    begin_failure(expression, file, line);
    say("true, is false\n");
  }
  return passed;
}

bool bare_check_equal(int64_t is, int64_t must_be, const char* expression, const char* file, int line) {
  if (is == must_be) return true;
  begin_failure(expression, file, line);
  say_number(must_be);
  say(", is ");
  say_number(is);
  say("\n");
  return false;
}

bool bare_check_near(double is, double must_be, double tolerance, const char* expression, const char* file, int line) {
  double difference = is < must_be ? must_be - is : is - must_be;
  if (difference <= tolerance) return true;
  begin_failure(expression, file, line);
  say_real(must_be);
  say(" (within ");
  say_real(tolerance);
  say("), is ");
  say_real(is);
  say("\n");
  return false;
}

bool bare_check_text(const char* is, const char* must_be, const char* expression, const char* file, int line) {
  if (same_text(is, must_be)) return true;
  begin_failure(expression, file, line);
  say("\"");
  say(must_be);
  say("\", is \"");
  say(is);
  say("\"\n");
  return false;
}

static bool is_wanted(const char* name, int argc, char** argv) {
  for (int index = 1; index < argc; ++index) {
    if (same_text(argv[index], name)) return true;
  }
  return argc <= 1;
}

int bare_run_tests(const BareTest* tests, size_t count, int argc, char** argv) {
  size_t run = 0, failed = 0;
  for (size_t index = 0; index < count; ++index) {
    if (!is_wanted(tests[index].name, argc, argv)) continue;
    size_t before = failed_checks;
    tests[index].run();
    bool passed = failed_checks == before;
    ++run;
    failed += passed ? 0 : 1;
    say(passed ? "ok " : "FAILED ");
    say(tests[index].name);
    say("\n");
  }
  say_number((int64_t)(run - failed));
  say(" of ");
  say_number((int64_t)run);
  say(" tests passed\n");
  // No test at all is no success: a misspelt name would pass for ever.
  return run > 0 && failed == 0 ? 0 : 1;
}
