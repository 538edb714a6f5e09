// The words of program_runner's command line. Opens no file.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "comparison.h"
#include "status.h"

namespace etbuild::runner {

struct ProgramOptions {
  std::string program;
  std::string method = "forward";
  std::string calls;                 // A file of recorded calls, in place of inputs.
  std::vector<std::string> inputs;   // .npy files.
  std::vector<std::string> compare;  // .npy files, one an output.
  std::vector<Tolerance> tolerances;
  std::string output;   // A folder.
  std::string profile;  // An etdump.
  uint64_t seed = 0;
  uint64_t repeat = 1;
  uint64_t slowest = 10;
  bool is_random = false;
  bool show_help = false;
};

extern const char* const kProgramUsage;

// Reads the words behind the program's name; a mistake is kBadArgument and says what must be and what is.
Status parse_program_options(int count, const char* const* words, ProgramOptions* options);

}  // namespace etbuild::runner
