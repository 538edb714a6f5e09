// libFuzzer's entry points, for files whose structure `rules` describe, each of which `run(data, size)` is called with.

#pragma once

#include <executorch/runtime/platform/runtime.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "structure_mutator.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace etbuild::testing {

inline size_t mutate_structure(StructureMutator& mutator, uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  if (seed % 16 == 0) return LLVMFuzzerMutate(data, size, max_size);
  std::vector<uint8_t> file(data, data + size);
  Random random(seed);
  mutator.mutate(&file, max_size, &random);
  size = std::min(file.size(), max_size);
  std::memcpy(data, file.data(), size);
  return size;
}

}  // namespace etbuild::testing

#define FUZZER_ENTRY(rules, run)                                                                              \
  extern "C" int LLVMFuzzerInitialize(int*, char***) {                                                        \
    executorch::runtime::runtime_init();                                                                      \
    return 0;                                                                                                 \
  }                                                                                                           \
  extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {                                   \
    static_cast<void>(run(data, size));                                                                       \
    return 0;                                                                                                 \
  }                                                                                                           \
  extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned int seed) { \
    static etbuild::testing::StructureMutator mutator(rules);                                                 \
    return etbuild::testing::mutate_structure(mutator, data, size, max_size, seed);                           \
  }
