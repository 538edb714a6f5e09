// The operators of the namespaces `llama`, `gguf`, `int4` and `cortex_m`, for a runtime to find: the official library
// has none of them.

#pragma once

#include <executorch/runtime/core/span.h>
#include <executorch/runtime/kernel/operator_registry.h>

namespace etbuild::kernels::llama {

// All that the catalogues have, compiled for the official runtime, to hand to load_method().
executorch::runtime::Span<const executorch::runtime::Kernel> llama_kernels();

// Puts them into the process's registry, beside those of the official libraries; a second call does nothing.
// Nothing registers itself: an app that wants them says so, before it loads a program.
executorch::runtime::Error register_llama_kernels();

}  // namespace etbuild::kernels::llama
