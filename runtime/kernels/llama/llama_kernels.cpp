#include "llama_kernels.h"

#include <cstring>

#include "official_kernels.h"

namespace etbuild::kernels::llama {
namespace {

using executorch::runtime::Error;
using executorch::runtime::Kernel;
using executorch::runtime::Span;

// Looks without a word: registry_has_op_function() would log an error for what is not there yet.
bool is_registered(const char* name) {
  for (const Kernel& kernel : executorch::runtime::get_registered_kernels()) {
    if (strcmp(kernel.name_, name) == 0) return true;
  }
  return false;
}

}  // namespace

Span<const Kernel> llama_kernels() { return programs::official_kernels(); }

Error register_llama_kernels() {
  for (const Kernel& kernel : llama_kernels()) {
    if (is_registered(kernel.name_)) continue;
    const Error error = executorch::runtime::register_kernel(kernel);
    if (error != Error::Ok) return error;
  }
  return Error::Ok;
}

}  // namespace etbuild::kernels::llama
