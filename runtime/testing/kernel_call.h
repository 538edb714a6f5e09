// One call of a kernel by hand, and dense tensors for it. Whoever includes it depends on a runtime.
#pragma once

#include <executorch/runtime/kernel/kernel_includes.h>

#include <cstring>
#include <initializer_list>

namespace etbuild::testing {

using Kernel = void (*)(executorch::runtime::KernelRuntimeContext&,
                        executorch::runtime::Span<executorch::runtime::EValue*>);

// A dense tensor of up to four dimensions over memory that stays its owner's.
struct DenseTensor {
  int32_t sizes[4] = {};
  int32_t strides[4] = {};
  uint8_t order[4] = {0, 1, 2, 3};
  executorch::aten::TensorImpl impl;

  DenseTensor(executorch::aten::ScalarType type, void* data, std::initializer_list<int32_t> shape)
      : impl(type, lay_out(shape), sizes, data, order, strides) {}

  ssize_t lay_out(std::initializer_list<int32_t> shape) {
    std::memcpy(sizes, shape.begin(), shape.size() * sizeof(int32_t));
    int32_t stride = 1;
    for (size_t at = shape.size(); at-- > 0; stride *= sizes[at]) strides[at] = stride;
    return static_cast<ssize_t>(shape.size());
  }

  executorch::runtime::EValue value() { return executorch::runtime::EValue(executorch::aten::Tensor(&impl)); }
};

// Calls a kernel with up to eight arguments and no temporary memory, and returns what it failed with.
inline executorch::runtime::Error call_kernel(Kernel kernel,
                                              std::initializer_list<executorch::runtime::EValue> values) {
  executorch::runtime::EValue held[8];
  executorch::runtime::EValue* arguments[8] = {};
  size_t count = 0;
  for (const executorch::runtime::EValue& value : values) {
    held[count] = value;
    arguments[count] = &held[count];
    ++count;
  }
  executorch::runtime::KernelRuntimeContext context;
  kernel(context, {arguments, count});
  return context.failure_state();
}

}  // namespace etbuild::testing
