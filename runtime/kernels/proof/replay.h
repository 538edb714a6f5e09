// Replays recorded calls through the kernel registry and compares what the kernels write with what ATen answered.
//
// A test is replay_test.cpp and the definition of kernels_under_test, linked with kernels and a runtime:
//     replay_test FILE... [--operators aten::add,aten::mul] [--skip NAMES] [--present] [--all] [--calls]
// --operators replays only operators whose names begin so (`aten::add` means all overloads of it); --skip leaves such
// out; --present leaves out those that have no kernel. --all shows each failure instead of three an operator; --calls
// names each call before it is made. --wrong makes wrong calls instead, a few dozen of each of an operator's first two:
// the kernel must refuse them, or at least survive them and write nowhere but into its outputs; where it only lacks
// temporary memory, it must answer right or fail with MemoryAllocationFailed.

#pragma once

#include <executorch/runtime/core/span.h>
#include <executorch/runtime/kernel/operator_registry.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "calls_file.h"
#include "wrong_calls.h"

namespace etbuild::proof {

// The kernels in which the calls' operators are looked up. The linking target defines it.
executorch::runtime::Span<const executorch::runtime::Kernel> kernels_under_test();

// What is replayed, and how much is told.
struct ReplayOptions {
  std::vector<std::string> files;
  std::vector<std::string> operators;
  std::vector<std::string> skipped;
  bool only_present = false;
  bool makes_wrong_calls = false;
  bool shows_all = false;
  bool shows_calls = false;
};

// How many calls of an operator were recorded, and how many answered as ATen.
struct Tally {
  int recorded = 0;
  int passed = 0;
};

// Replays calls and prints a line for one that fails.
class Replay {
 public:
  explicit Replay(const ReplayOptions& options) : options_(options) {}

  // Replays the calls of a file's bytes; false if they make no sense.
  bool run(const uint8_t* bytes, size_t size);

  // Prints how many calls of each operator passed; 0 if all did, and there were any.
  int finish() const;

 private:
  bool is_wanted(const std::string& name) const;
  void replay(const RecordedCall& call);
  void replay_wrong(const RecordedCall& call);
  void announce(const std::string& call) const;
  void tell(Tally& tally, const std::string& call, const std::string& failure);

  const ReplayOptions& options_;
  std::map<std::string, Tally> tallies_;
  std::map<std::string, int> calls_with_wrongs_;
};

// Makes the call; says what is wrong with the answer, or nothing.
std::string failure_of(const RecordedCall& call);

// Makes a wrong call; says what is wrong with how the kernel took it, or nothing.
std::string failure_of(const WrongCall& wrong);

// Such as "aten::add.out(Float[2,3], Float[3], 1, Float[2,3]!)".
std::string call_text(const RecordedCall& call);

}  // namespace etbuild::proof
