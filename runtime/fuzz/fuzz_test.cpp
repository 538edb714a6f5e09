// A short run of the fuzzer without libFuzzer: small programs, changed by their structure, from a fixed seed.
//     fuzz_test [RUNS [SEED]]

#include <executorch/runtime/platform/runtime.h>

#include <cstdio>
#include <cstdlib>

#include "program_input.h"
#include "program_schema_tables.h"
#include "small_programs.h"
#include "structure_mutator.h"

int main(int count, char** words) {
  using namespace etbuild::testing;  // NOLINT(google-build-using-namespace): of this test's own helpers
  executorch::runtime::runtime_init();
  const size_t runs = count > 1 ? std::strtoull(words[1], nullptr, 10) : 100000;
  Random random(count > 2 ? std::strtoull(words[2], nullptr, 10) : 1);
  constexpr size_t kCapacity = 8192;
  StructureMutator mutator(executorch_flatbuffer::verification::kRules);
  std::vector<FileBytes> seeds;
  for (size_t number = 0; number < kSmallPrograms; ++number) seeds.push_back(small_program(number));
  for (size_t run = 0; run < runs; ++run) {
    FileBytes file = seeds[random.below(seeds.size())];
    mutator.mutate(&file, kCapacity, &random);
    run_program_input(file.data(), file.size());
  }
  std::printf("%zu programs\n", runs);
  return 0;
}
