// Every single-byte change of every small program: all 255 other values of all bytes. Some millions of programs, which
// take minutes under a sanitizer; small_programs_test makes a few changes of each byte.

#include <executorch/runtime/platform/runtime.h>

#include <cstdio>

#include "hostile_run.h"
#include "small_programs.h"

int main() {
  using namespace etbuild::testing;  // NOLINT(google-build-using-namespace): of this program's own parts
  executorch::runtime::runtime_init();
  size_t total = 0;
  for (size_t number = 0; number < kSmallPrograms; ++number) {
    FileBytes file = small_program(number);
    size_t executed = 0;
    for (uint8_t& byte : file) {
      const uint8_t was = byte;
      for (unsigned change = 1; change < 256; ++change) {
        byte = static_cast<uint8_t>(was + change);
        executed += run_hostile(file.data(), file.size(), {}).executed != 0 ? 1 : 0;
        ++total;
      }
      byte = was;
    }
    std::printf("%s: %zu bytes, %zu changes executed\n", small_program_name(number), file.size(), executed);
  }
  std::printf("%zu programs\n", total);
  return 0;
}
