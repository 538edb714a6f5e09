// A .ptd with a program's weight: whole, cut at every byte, changed at every byte, changed by its structure.

#include <executorch/runtime/platform/runtime.h>

#include "check.h"
#include "flat_tensor_schema_tables.h"
#include "small_programs.h"
#include "structure_mutator.h"
#include "tensor_file_input.h"

using etbuild::testing::FileBytes;
using etbuild::testing::run_tensor_file_input;
using etbuild::testing::small_tensor_file;

TEST(a_program_gets_its_weight) {
  executorch::runtime::runtime_init();
  const FileBytes file = small_tensor_file();
  CHECK(run_tensor_file_input(file.data(), file.size()));
}

TEST(a_file_that_is_cut_is_refused) {
  const FileBytes file = small_tensor_file();
  for (size_t size = 0; size < file.size(); ++size) CHECK(!run_tensor_file_input(file.data(), size));
}

TEST(a_changed_byte_is_an_error_at_worst) {
  FileBytes file = small_tensor_file();
  size_t ran = 0;
  for (uint8_t& byte : file) {
    const uint8_t was = byte;
    for (const int change : {1, 4, 0x10, 0x80, 0xff, 0x100 - was, 0xff - was}) {
      byte = static_cast<uint8_t>(was + change);
      ran += run_tensor_file_input(file.data(), file.size()) ? 1 : 0;
    }
    byte = was;
  }
  CHECK(ran > 0 && ran < 7 * file.size());
}

TEST(changes_of_the_structure_are_errors_at_worst) {
  etbuild::testing::StructureMutator mutator(flat_tensor_flatbuffer::verification::kRules);
  etbuild::testing::Random random(1);
  size_t ran = 0;
  for (int run = 0; run < 20000; ++run) {
    FileBytes file = small_tensor_file();
    mutator.mutate(&file, 4096, &random);
    ran += run_tensor_file_input(file.data(), file.size()) ? 1 : 0;
  }
  CHECK(ran > 0 && ran < 20000);
}

TEST_MAIN()
