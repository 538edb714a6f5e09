// Runs a program as a command line asks, and says what came out. Knows no process: its caller prints and exits.

#pragma once

#include <string>

#include "program_options.h"
#include "status.h"

namespace etbuild::runner {

// Runs, compares and writes. `text` becomes what a person is shown. kFailed with a message: it failed, or outputs are
// not as expected; kBadArgument: options or inputs that do not fit the program.
Status run_program(const ProgramOptions& options, std::string* text);

}  // namespace etbuild::runner
