// A program runs on what CMake built: from a file, through Module, with kernels that are registered.
#include <executorch/extension/module/module.h>
#include <executorch/extension/tensor/tensor.h>

#include <cstdio>

#include "runtime/kernels/testing/testing_kernels.h"

using executorch::extension::Module;
using executorch::runtime::Error;

int main(int argc, char** argv) {
  if (argc != 2 || executorch::runtime::register_kernels(etbuild::testing::testing_kernels()) != Error::Ok) return 2;
  Module module(argv[1]);
  const auto outputs = module.forward(executorch::extension::ones({1, 32}));
  if (!outputs.ok()) {
    std::printf("forward failed with 0x%x\n", static_cast<unsigned>(outputs.error()));
    return 1;
  }
  const auto& output = outputs->at(0).toTensor();
  std::printf("%zd numbers, the first is %f\n", output.numel(), static_cast<double>(output.const_data_ptr<float>()[0]));
  return output.numel() == 10 && output.const_data_ptr<float>()[0] != 0.0F ? 0 : 1;
}
