// Wrong calls, made of recorded ones: what a program that nobody checked, or a user's values, could ask of a kernel.
//
// Knows kinds of arguments, not operators. The same call gives the same wrong ones.

#pragma once

#include <deque>
#include <string>
#include <vector>

#include "calls_file.h"

namespace etbuild::proof {

// A call that differs from a recorded one in one thing.
struct WrongCall {
  RecordedCall call;
  std::string what;                           // Such as "argument 1 is None".
  size_t missing = 0;                         // As many arguments are left out at the end.
  bool must_fail = false;                     // Otherwise the kernel may also answer something: it must only survive.
  bool has_memory = true;                     // If not, it must answer right, or fail with MemoryAllocationFailed.
  std::deque<std::vector<uint8_t>> contents;  // Of changed tensors.
};

// The wrong calls that a recorded one gives.
std::deque<WrongCall> wrong_calls(const RecordedCall& call);

}  // namespace etbuild::proof
