// What C++'s library does where there is an operating system; exceptions where there are any (WASI has none).
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "testing/bare/check.h"

namespace {

using Numbers = std::map<std::string, std::vector<int>>;

void containers_grow() {
  Numbers numbers;
  for (int count = 1; count < 100; ++count) numbers[std::string(count, 'a')].assign(count, 7);
  CHECK_EQUAL(numbers.size(), 99);
  CHECK_EQUAL(numbers[std::string(50, 'a')].size(), 50);
}

void what_is_thrown_is_caught() {
#ifdef __cpp_exceptions
  bool is_caught = false;
  try {
    static_cast<void>(Numbers().at("absent"));
  } catch (const std::out_of_range&) {
    is_caught = true;
  }
  CHECK(is_caught);
#endif
}

}  // namespace

TESTS(TEST(containers_grow), TEST(what_is_thrown_is_caught))
