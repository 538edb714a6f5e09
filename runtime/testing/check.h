// Tests that run everywhere: named functions, checks that report and go on, an exit code. Needs printf, no heap.
//
//     TEST(a_full_cache_is_an_error) { CHECK(position == 3); }
//     TEST_MAIN()

#pragma once

#include <cstdio>

namespace etbuild::testing {

// A test; they know each other by a list, so that nothing needs a heap.
struct Test {
  const char* name;
  void (*run)();
  Test* next;

  Test(const char* test_name, void (*function)()) : name(test_name), run(function), next(nullptr) {
    Test** at = &first();
    while (*at != nullptr) at = &(*at)->next;
    *at = this;
  }

  static Test*& first() {
    static Test* head = nullptr;
    return head;
  }
};

inline int& failures() {
  static int count = 0;
  return count;
}

inline void fail(const char* file, int line, const char* what) {
  std::printf("%s:%d: must hold: %s\n", file, line, what);
  ++failures();
}

// Runs all tests in the order of the file; 0 if all checks held.
inline int run_all() {
  int count = 0;
  int failed = 0;
  for (Test* test = Test::first(); test != nullptr; test = test->next) {
    const int before = failures();
    test->run();
    ++count;
    if (failures() == before) continue;
    ++failed;
    std::printf("FAILED %s\n", test->name);
  }
  std::printf("%d tests, %d failed\n", count, failed);
  return failed == 0 && count > 0 ? 0 : 1;
}

}  // namespace etbuild::testing

#define TEST(name)                                           \
  static void name();                                        \
  static ::etbuild::testing::Test name##_entry(#name, name); \
  static void name()
#define CHECK(condition) ((condition) ? static_cast<void>(0) : ::etbuild::testing::fail(__FILE__, __LINE__, #condition))
#define TEST_MAIN() \
  int main() { return ::etbuild::testing::run_all(); }
