// Tests that need nothing: no heap, no stdio, no exceptions, C11 or C++11.
//
//   static void adds(void) { CHECK_EQUAL(add(1, 2), 3); }
//   TESTS(TEST(adds), TEST(subtracts))
//
// TESTS makes main. It runs the tests in order, says "ok" or "FAILED" for each and where, and ends with 0 if all
// passed, else 1. A failed check ends neither its test nor the program, so that one run shows all that is wrong. With
// words on the command line only the tests of these names run.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  const char* name;
  void (*run)(void);
} BareTest;

// What TESTS calls. Returns the exit code.
int bare_run_tests(const BareTest* tests, size_t count, int argc, char** argv);

// What the CHECK macros call. Each returns whether the check passed, so that a test can end itself:
//   if (!CHECK(pointer != NULL)) return;
bool bare_check(bool passed, const char* expression, const char* file, int line);
bool bare_check_equal(int64_t is, int64_t must_be, const char* expression, const char* file, int line);
// Passes if the two differ by no more than `tolerance`; never where one is not a number.
bool bare_check_near(double is, double must_be, double tolerance, const char* expression, const char* file, int line);
bool bare_check_text(const char* is, const char* must_be, const char* expression, const char* file, int line);

#ifdef __cplusplus
}
#endif

#define CHECK(condition) bare_check((condition), #condition, __FILE__, __LINE__)
#define CHECK_EQUAL(is, must_be) bare_check_equal((int64_t)(is), (int64_t)(must_be), #is, __FILE__, __LINE__)
#define CHECK_NEAR(is, must_be, tolerance) bare_check_near((is), (must_be), (tolerance), #is, __FILE__, __LINE__)
#define CHECK_TEXT(is, must_be) bare_check_text((is), (must_be), #is, __FILE__, __LINE__)

#define TEST(function) \
  { #function, function }
#define TESTS(...)                                                          \
  int main(int argc, char** argv) {                                         \
    static const BareTest tests[] = {__VA_ARGS__};                          \
    return bare_run_tests(tests, sizeof tests / sizeof *tests, argc, argv); \
  }
