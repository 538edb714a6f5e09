// Adds two tensors with a library of ours, and asks the runtime for its kernels.
#include <cstdio>

#include <executorch/runtime/kernel/operator_registry.h>
#include <executorch/runtime/platform/runtime.h>

#include "examples/hello/tensor.h"

int main() {
  float left[] = {1, 2}, right[] = {3, 4}, sums[2];
  hello::Tensor out = {sums, {2}, 1};
  if (!hello::add({left, {2}, 1}, {right, {2}, 1}, out)) {
    return 1;
  }
  executorch::runtime::runtime_init();
  const auto kernels = executorch::runtime::get_registered_kernels();
  std::printf("%g %g, %s\n", sums[0], sums[1], kernels.size() > 100 ? "hundreds of kernels" : "kernels are missing");
  return kernels.size() > 100 ? 0 : 1;
}
