// Small programs: they run; cut at every byte, changed at every byte, or with the n-th allocation failing, they end
// with an Error at worst. To be run under sanitizers, too.

#include "small_programs.h"

#include <executorch/runtime/platform/runtime.h>

#include <cstdio>
#include <string_view>

#include "check.h"
#include "hostile_run.h"

using executorch::runtime::Error;
using namespace etbuild::testing;  // NOLINT(google-build-using-namespace): of this test's own helpers

TEST(each_program_loads_and_runs) {
  executorch::runtime::runtime_init();
  for (size_t number = 0; number < kSmallPrograms; ++number) {
    const FileBytes file = small_program(number);
    const HostileOutcome outcome = run_hostile(file.data(), file.size(), {});
    const size_t methods = small_program_name(number) == std::string_view("methods") ? 2 : 1;
    CHECK(outcome.load == Error::Ok);
    CHECK(outcome.methods == methods);
    CHECK(outcome.last == Error::Ok);
    CHECK(outcome.executed == 2 * methods);
    if (outcome.executed != 2 * methods) {
      std::printf("%s: load %#x, then %#x\n", small_program_name(number), static_cast<unsigned>(outcome.load),
                  static_cast<unsigned>(outcome.last));
    }
  }
}

TEST(a_program_that_is_cut_is_refused) {
  size_t flatbuffers_cut = 0;
  for (size_t number = 0; number < kSmallPrograms; ++number) {
    const FileBytes file = small_program(number);
    for (size_t size = 0; size < file.size(); ++size) {
      const HostileOutcome outcome = run_hostile(file.data(), size, {});
      flatbuffers_cut += outcome.load == Error::Ok ? 1 : 0;
    }
  }
  // But for zeros that only align what is behind the last table.
  CHECK(flatbuffers_cut < 16 * kSmallPrograms);
}

TEST(a_program_with_a_changed_byte_ends_with_an_error_at_worst) {
  size_t executed = 0;
  size_t refused = 0;
  for (size_t number = 0; number < kSmallPrograms; ++number) {
    FileBytes file = small_program(number);
    for (size_t at = 0; at < file.size(); ++at) {
      const uint8_t was = file[at];
      for (const int change : {1, 4, 0x80, 0xff, 0x100 - was, 0xff - was}) {
        file[at] = static_cast<uint8_t>(was + change);
        const HostileOutcome outcome = run_hostile(file.data(), file.size(), {at % 2 == 0});
        executed += outcome.executed;
        refused += outcome.load == Error::Ok && outcome.last == Error::Ok ? 0 : 1;
      }
      file[at] = was;
    }
  }
  std::printf("%zu executed, %zu refused\n", executed, refused);
  CHECK(executed > 0 && refused > 0);
}

// Fails each in turn, until there are no more.
template <typename SetLimit>
void fail_each(const SetLimit& set_limit) {
  for (size_t number = 0; number < kSmallPrograms; ++number) {
    const FileBytes file = small_program(number);
    for (size_t limit = 0;; ++limit) {
      HostileOptions options;
      set_limit(&options, limit);
      const HostileOutcome outcome = run_hostile(file.data(), file.size(), options);
      if (!outcome.failed_on_purpose) {
        CHECK(outcome.last == Error::Ok);
        break;
      }
      CHECK(limit < 1000);
      if (limit >= 1000) break;
    }
  }
}

TEST(any_allocation_of_a_method_may_fail) {
  fail_each([](HostileOptions* options, size_t limit) { options->allocations = limit; });
}

TEST(any_temporary_allocation_may_fail) {
  fail_each([](HostileOptions* options, size_t limit) { options->temporaries = limit; });
}

TEST(any_load_may_fail) {
  fail_each([](HostileOptions* options, size_t limit) { options->loads = limit; });
}

TEST_MAIN()
