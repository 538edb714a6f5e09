// Calls a kernel so that the program goes on after an abort, and knows what was logged last.

#pragma once

#include <executorch/runtime/kernel/operator_registry.h>

#include <string>

namespace etbuild::proof {

// Calls it; false if it ended in the runtime's abort. (On WASI, an abort ends the program.)
bool returns(executorch::runtime::OpFunction kernel, executorch::runtime::KernelRuntimeContext& context,
             executorch::runtime::Span<executorch::runtime::EValue*> arguments);

// What the runtime logged last during the last call, or nothing.
std::string last_log_message();

// Says which call is made next: what is printed if the program crashes in it.
void announce(const char* name, int number);

}  // namespace etbuild::proof
