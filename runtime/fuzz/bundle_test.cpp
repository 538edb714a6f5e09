// A .bpte: whole, cut at every byte, changed at every byte, changed by its structure.

#include <executorch/runtime/platform/runtime.h>

#include "bundle_input.h"
#include "bundled_program_schema_tables.h"
#include "check.h"
#include "small_programs.h"
#include "structure_mutator.h"

using etbuild::testing::FileBytes;
using etbuild::testing::run_bundle_input;
using etbuild::testing::small_bundle;

TEST(a_program_gives_what_its_cases_expect) {
  executorch::runtime::runtime_init();
  const FileBytes file = small_bundle();
  CHECK(run_bundle_input(file.data(), file.size()) == 2);
}

TEST(a_bundle_that_is_cut_is_refused) {
  const FileBytes file = small_bundle();
  size_t passed = 0;
  for (size_t size = 0; size < file.size(); ++size) passed += run_bundle_input(file.data(), size);
  CHECK(passed <= size_t{2} * 32);
}

TEST(a_changed_byte_of_a_bundle_is_an_error_at_worst) {
  FileBytes file = small_bundle();
  size_t passed = 0;
  for (uint8_t& byte : file) {
    const uint8_t was = byte;
    for (const int change : {1, 4, 0x10, 0x80, 0xff, 0x100 - was, 0xff - was}) {
      byte = static_cast<uint8_t>(was + change);
      passed += run_bundle_input(file.data(), file.size());
    }
    byte = was;
  }
  CHECK(passed > 0 && passed < 7 * file.size() * 2);
}

TEST(changes_of_the_structure_of_a_bundle_are_errors_at_worst) {
  etbuild::testing::StructureMutator mutator(bundled_program_flatbuffer::verification::kRules);
  etbuild::testing::Random random(1);
  size_t passed = 0;
  for (int run = 0; run < 20000; ++run) {
    FileBytes file = small_bundle();
    mutator.mutate(&file, 8192, &random);
    passed += run_bundle_input(file.data(), file.size());
  }
  CHECK(passed > 0 && passed < 40000);
}

TEST_MAIN()
