// kernel_rounds: what a call of a program's forward takes, for kernels.py. Each line of stdin names a file and how many
// calls to make; the answer is the least and the median of their times on the CPU, in microseconds.

#include <executorch/extension/module/module.h>
#include <executorch/extension/tensor/tensor_ptr_maker.h>
#include <executorch/runtime/kernel/operator_registry.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

#ifdef OUR_KERNELS
#include "portable_kernels.h"
#endif

namespace {

using executorch::aten::ScalarType;
using executorch::extension::Module;
using executorch::runtime::Error;

// Of the CPU, as other work on the machine would interrupt all long calls.
double now() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

[[noreturn]] void fail(const std::string& what, Error error) {
  std::fprintf(stderr, "%s: 0x%x\n", what.c_str(), static_cast<unsigned>(error));
  std::exit(1);
}

// Inputs: floats between -1 and 1, whole numbers below 8.
std::vector<executorch::extension::TensorPtr> inputs_of(Module& module) {
  std::vector<executorch::extension::TensorPtr> inputs;
  const auto meta = module.method_meta("forward");
  if (!meta.ok()) fail("method_meta", meta.error());
  for (size_t index = 0; index < meta->num_inputs(); ++index) {
    const auto info = meta->input_tensor_meta(index);
    if (!info.ok()) fail("input", info.error());
    std::vector<executorch::aten::SizesType> sizes(info->sizes().begin(), info->sizes().end());
    auto tensor = executorch::extension::empty(sizes, info->scalar_type());
    for (ssize_t at = 0; at < tensor->numel(); ++at) {
      if (info->scalar_type() == ScalarType::Float) {
        tensor->mutable_data_ptr<float>()[at] = static_cast<float>(at * 37 % 101) / 50.5F - 1.0F;
      } else if (info->scalar_type() == ScalarType::Long) {
        tensor->mutable_data_ptr<int64_t>()[at] = at % 8;
      }
    }
    inputs.push_back(tensor);
  }
  return inputs;
}

void answer(const std::string& path, int calls) {
  Module module(path, Module::LoadMode::MmapUseMlockIgnoreErrors);
  const Error error = module.load_method("forward");
  if (error != Error::Ok) fail(path, error);
  const auto inputs = inputs_of(module);
  std::vector<double> times;
  for (int call = 0; call < calls; ++call) {
    for (size_t index = 0; index < inputs.size(); ++index) {  // Their memory is used for others, too.
      const Error set = module.set_input(inputs[index], index);
      if (set != Error::Ok) fail("set_input", set);
    }
    const double start = now();
    const auto result = module.forward();
    times.push_back(now() - start);
    if (!result.ok()) fail(path, result.error());
  }
  std::sort(times.begin(), times.end());
  std::cout << times.front() << ' ' << times[times.size() / 2] << std::endl;
}

}  // namespace

int main() {
#ifdef OUR_KERNELS
  const Error error = executorch::runtime::register_kernels(programs::portable_kernels());
  if (error != Error::Ok) fail("register_kernels", error);
#endif
  std::string path;
  int calls = 0;
  while (std::cin >> path >> calls) answer(path, calls);
}
