// Keeps what the runtime logs off the screen, and has it at hand when something failed. Knows no programs.

#pragma once

#include <string>

namespace etbuild::runner {

// From here on the runtime's messages are kept, the last few of them. Call it first of all, once in a process.
void keep_runtime_messages();

// The last messages about errors, one a line, each with two blanks before it; empty if there were none.
std::string kept_runtime_messages();

}  // namespace etbuild::runner
