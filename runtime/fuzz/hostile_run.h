// Does with a program's bytes all that an app could: loads it, asks for its metadata, loads each method, sets inputs
// and outputs, executes, steps, reads results. It believes nothing, and aborts if the runtime broke a promise: memory
// that is not freed, a handle that is not destroyed, a constant that was written.

#pragma once

#include <executorch/runtime/core/error.h>

#include <executorch/runtime/core/named_data_map.h>

#include <cstddef>
#include <cstdint>

namespace etbuild::testing {

struct HostileOptions {
  bool thorough_load = true;  // Verification::InternalConsistency
  bool small_inputs = false;  // One less than the metadata says, where that may be
  size_t loads = SIZE_MAX;    // How many loads succeed before they fail
  size_t allocations = SIZE_MAX;
  size_t temporaries = SIZE_MAX;
  const executorch::runtime::NamedDataMap* data = nullptr;  // From outside; if null, one that has "weight"
};

struct HostileOutcome {
  executorch::runtime::Error load;
  size_t methods = 0;                                                // that were loaded
  size_t executed = 0;                                               // times that execute() was Ok
  executorch::runtime::Error last = executorch::runtime::Error::Ok;  // what failed last, of methods
  bool failed_on_purpose = false;
  bool wrote_constants = false;
};

HostileOutcome run_hostile(const uint8_t* data, size_t size, const HostileOptions& options);

}  // namespace etbuild::testing
