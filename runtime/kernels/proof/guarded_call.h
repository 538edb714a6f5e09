// Calls a kernel so that the program goes on after an abort or a crash, and knows what was logged last.

#pragma once

#include <executorch/runtime/kernel/operator_registry.h>

#include <string>

namespace etbuild::proof {

// Before the first call: takes over the runtime's messages and aborts.
void prepare_calls();

// Calls it. Says how the call ended if it did not return: "aborted" or "crashed with signal 8", and what was logged.
// What the kernel had on its stack is then left as it is. (On WASI, it ends the program.)
std::string not_returned(executorch::runtime::OpFunction kernel, executorch::runtime::KernelRuntimeContext& context,
                         executorch::runtime::Span<executorch::runtime::EValue*> arguments);

// What the runtime logged last during the last call, or nothing.
std::string last_log_message();

}  // namespace etbuild::proof
