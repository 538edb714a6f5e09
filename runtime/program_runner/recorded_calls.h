// Calls with what they must give, as files: what a program is tested by on a device. Runs nothing.
//
// A text file beside its arrays, a line an entry, paths relative to it:
//
//     etbuild-calls 1
//     method forward                 begins the calls of a method, with its tolerances
//     tolerance sqnr_db=60
//     sequence                       the program forgets what was before
//     call photograph of a daisy
//     input 0/input.0.npy
//     expected 0 0/expected.0.npy    output 0; outputs that are not listed are not compared
//     logits 1/logits.npy            instead of expected: output 0, whatever dimensions it has before its last
//     token 443                      the largest value in the last row of output 0 must stand there

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "comparison.h"
#include "status.h"

namespace etbuild::runner {

struct RecordedCall {
  std::string name;
  bool begins_sequence = false;
  std::vector<std::string> inputs;                       // Paths.
  std::vector<std::pair<size_t, std::string>> expected;  // Output, path.
  std::string logits;                                    // Empty: none are expected.
  int64_t token = -1;                                    // -1: none is expected.
};

struct RecordedMethod {
  std::string name;
  std::vector<Tolerance> tolerances;
  std::vector<RecordedCall> calls;
};

// kUnreadable names the line that is wrong. Paths become relative to where `path` is.
Status parse_recorded_calls(const std::string& path, const std::string& text, std::vector<RecordedMethod>* methods);
Status read_recorded_calls(const std::string& path, std::vector<RecordedMethod>* methods);

}  // namespace etbuild::runner
