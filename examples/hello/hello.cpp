#include "examples/hello/hello.h"

namespace hello {

const char* processor() {
#if defined(__x86_64__)
  return "x86_64";
#elif defined(__aarch64__)
  return "aarch64";
#elif defined(__arm__)
  return __ARM_ARCH_PROFILE == 'M' ? "Cortex-M" : "arm";
#elif defined(__riscv)
  return __riscv_xlen == 64 ? "riscv64" : "riscv32";
#elif defined(__wasm32__)
  return "wasm32";
#else
  return "unknown";
#endif
}

const char* system() {
#if defined(__linux__)
  return "Linux";
#elif defined(_WIN32)
  return "Windows";
#elif defined(__APPLE__)
  return "macOS";
#elif defined(__wasi__)
  return "WASI";
#else
  return "none";
#endif
}

int pointer_bits() { return 8 * static_cast<int>(sizeof(void*)); }

}  // namespace hello
