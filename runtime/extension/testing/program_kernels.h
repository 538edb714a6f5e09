// The kernels that the tests' programs call, for an app to bring along: they are no part of any library.

#pragma once

#include <executorch/runtime/kernel/operator_registry.h>

#include <vector>

namespace etbuild::testing {

using executorch::runtime::EValue;
using executorch::runtime::Kernel;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::Span;

inline void add_kernel(KernelRuntimeContext&, Span<EValue*> args) {
  const float* left = args[0]->toTensor().const_data_ptr<float>();
  const float* right = args[1]->toTensor().const_data_ptr<float>();
  auto out = args[2]->toTensor();
  for (ssize_t index = 0; index < out.numel(); ++index)
    out.mutable_data_ptr<float>()[index] = left[index] + right[index];
}

inline void relu_kernel(KernelRuntimeContext&, Span<EValue*> args) {
  const float* from = args[0]->toTensor().const_data_ptr<float>();
  auto out = args[1]->toTensor();
  for (ssize_t index = 0; index < out.numel(); ++index) {
    out.mutable_data_ptr<float>()[index] = from[index] > 0 ? from[index] : 0;
  }
}

inline std::vector<Kernel> program_kernels() {
  return {Kernel("test::add.out", add_kernel), Kernel("test::relu.out", relu_kernel)};
}

// Registers them for the whole process, once.
inline void register_program_kernels() {
  static const std::vector<Kernel> kernels = program_kernels();
  static const auto error = executorch::runtime::register_kernels({kernels.data(), kernels.size()});
  static_cast<void>(error);
}

}  // namespace etbuild::testing
