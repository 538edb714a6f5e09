// What each operator of a call took: into an etdump for ExecuTorch's Inspector, and summed up by name. Runs nothing.

#pragma once

#include <executorch/devtools/etdump/etdump_flatcc.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "status.h"

namespace etbuild::runner {

// The calls of one operator, or of one step inside a delegate.
struct OperatorTime {
  std::string name;
  uint64_t calls = 0;
  uint64_t ticks = 0;  // Its own: what it calls in turn is counted there.
};

// An event tracer that also sums up. Hand it to a program, run, then write.
class Profile : public executorch::etdump::ETDumpGen {
 public:
  executorch::runtime::EventTracerEntry start_profiling(const char* name, executorch::runtime::ChainID chain_id,
                                                        executorch::runtime::DebugHandle debug_handle) override;
  void end_profiling(executorch::runtime::EventTracerEntry entry) override;
  void log_profiling_delegate(const char* name, executorch::runtime::DelegateDebugIntId index, et_timestamp_t start,
                              et_timestamp_t end, const void* metadata, size_t size) override;

  // Of all calls, the slowest first.
  std::vector<OperatorTime> slowest() const;

  // Writes the etdump.
  Status write(const std::string& path);

 private:
  struct Open {
    std::string name;
    uint64_t start = 0;
    uint64_t inside = 0;  // Ticks of the events within.
  };

  void add(const std::string& name, uint64_t ticks);

  std::vector<Open> open_;  // Events nest: the last that began ends first.
  int executing_ = 0;       // How many of them are calls of a method: loading is not summed up.
  std::map<std::string, OperatorTime> times_;
};

// A table of at most `rows` lines, with each one's share of the whole.
std::string table_of(const std::vector<OperatorTime>& times, size_t rows);

}  // namespace etbuild::runner
