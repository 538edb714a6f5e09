#include "examples/hello/hello.h"

#include "testing/bare/check.h"

namespace {

void a_pointer_has_as_many_bits_as_the_processor_says() {
  CHECK_EQUAL(hello::pointer_bits(), sizeof(void*) * 8);
  CHECK(hello::pointer_bits() == 32 || hello::pointer_bits() == 64);
}

void the_processor_and_the_system_are_known() {
  CHECK(hello::processor()[0] != 'u');
  CHECK(hello::system()[0] != '\0');
}

int constructed = 7;
struct Constructor {
  Constructor() { constructed = constructed * 6; }
} constructor;

void globals_are_filled_and_constructed_before_main() { CHECK_EQUAL(constructed, 42); }

}  // namespace

TESTS(TEST(a_pointer_has_as_many_bits_as_the_processor_says), TEST(the_processor_and_the_system_are_known),
      TEST(globals_are_filled_and_constructed_before_main))
