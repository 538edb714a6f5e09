// libFuzzer's entry points for programs; scripts/fuzz links them.

#include <executorch/runtime/platform/runtime.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "program_input.h"
#include "program_schema_tables.h"
#include "structure_mutator.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  (void)argc;
  (void)argv;
  executorch::runtime::runtime_init();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  etbuild::testing::run_program_input(data, size);
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  if (seed % 16 == 0) return LLVMFuzzerMutate(data, size, max_size);
  static etbuild::testing::StructureMutator mutator(executorch_flatbuffer::verification::kRules);
  std::vector<uint8_t> file(data, data + size);
  etbuild::testing::Random random(seed);
  mutator.mutate(&file, max_size, &random);
  size = std::min(file.size(), max_size);
  std::memcpy(data, file.data(), size);
  return size;
}
