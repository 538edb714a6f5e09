// With ET_KERNELS_STRIDED=0 elementwise kernels compute tensors that lie as their output does, and refuse all others.
#include "flat_kernels.h"
#include "runtime/testing/check.h"
#include "runtime/testing/kernel_call.h"

namespace {

using etbuild::testing::call_kernel;
using etbuild::testing::DenseTensor;
using executorch::aten::ScalarType;
using executorch::runtime::Error;

etbuild::testing::Kernel relu() {
  for (const auto& kernel : programs::flat_kernels()) {
    if (std::strcmp(kernel.name_, "aten::relu.out") == 0) return kernel.op_;
  }
  return nullptr;
}

}  // namespace

TEST(tensors_that_lie_alike_are_computed) {
  float from[6] = {-1, 2, -3, 4, -5, 6};
  float to[6] = {};
  DenseTensor input(ScalarType::Float, from, {2, 3}), output(ScalarType::Float, to, {2, 3});
  CHECK(relu() != nullptr && call_kernel(relu(), {input.value(), output.value()}) == Error::Ok);
  for (int at = 0; at < 6; ++at) CHECK(to[at] == (from[at] < 0 ? 0 : from[at]));
}

TEST(others_are_refused_and_nothing_is_written) {
  float from[6] = {-1, 2, -3, 4, -5, 6};
  float to[6] = {9, 9, 9, 9, 9, 9};
  DenseTensor input(ScalarType::Float, from, {2, 3}), output(ScalarType::Float, to, {2, 3});
  input.order[0] = 1, input.order[1] = 0;
  input.strides[0] = 1, input.strides[1] = 2;
  CHECK(call_kernel(relu(), {input.value(), output.value()}) == Error::NotSupported);
  double wide[6] = {9, 9, 9, 9, 9, 9};
  DenseTensor doubles(ScalarType::Double, wide, {2, 3});
  DenseTensor floats(ScalarType::Float, from, {2, 3});
  CHECK(call_kernel(relu(), {floats.value(), doubles.value()}) == Error::NotSupported);
  for (int at = 0; at < 6; ++at) CHECK(to[at] == 9 && wide[at] == 9);
}

TEST_MAIN()
