#include "runtime/kernels/testing/testing_kernels.h"

#include "float_tensors.h"

namespace etbuild::testing {
namespace {

using executorch::runtime::Kernel;

constexpr Kernel kKernels[] = {
    Kernel("aten::add.out", add_out),
    Kernel("aten::linear.out", linear_out),
    Kernel("aten::mul.out", mul_out),
    Kernel("aten::relu.out", relu_out),
};

}  // namespace

executorch::runtime::Span<const Kernel> testing_kernels() { return {kKernels, sizeof kKernels / sizeof *kKernels}; }

}  // namespace etbuild::testing
