// A compiled plan gives what the model gave in eager mode, and refuses what a loaded method refuses.
#include "expected_output.h"
#include "programs.h"
#include "runtime/kernels/testing/testing_kernels.h"
#include "runtime/testing/check.h"

namespace {

using etbuild::CompiledMethod;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using programs::mlp_portable::forward;

Error give_input(CompiledMethod& method, const void* data, ScalarType type, int32_t length) {
  int32_t sizes[] = {1, length};
  uint8_t order[] = {0, 1};
  int32_t strides[] = {length, 1};
  TensorImpl given(type, 2, sizes, const_cast<void*>(data), order, strides);
  return method.set_input(EValue(Tensor(&given)), 0);
}

}  // namespace

TEST(the_plan_gives_what_the_model_gave) {
  CHECK(CompiledMethod::load(forward::plan, etbuild::testing::testing_kernels()) == Error::Ok);
  CompiledMethod method(forward::plan);
  CHECK(method.inputs_size() == 1 && method.outputs_size() == 1);
  CHECK(!forward::calls().empty());
  for (const auto& call : forward::calls()) {
    CHECK(give_input(method, call.inputs[0].data, ScalarType::Float, 32) == Error::Ok);
    CHECK(method.execute() == Error::Ok);
    expect_output(method.get_output(0).toTensor(), call.expected[0]);
  }
}

TEST(an_input_must_be_what_was_exported) {
  CHECK(CompiledMethod::load(forward::plan, etbuild::testing::testing_kernels()) == Error::Ok);
  CompiledMethod method(forward::plan);
  const float zeros[33] = {};
  CHECK(give_input(method, zeros, ScalarType::Int, 32) == Error::InvalidArgument);
  CHECK(give_input(method, zeros, ScalarType::Float, 33) != Error::Ok);
  CHECK(method.set_input(EValue(int64_t{1}), 0) == Error::InvalidArgument);
  CHECK(method.set_input(EValue(int64_t{1}), 1) == Error::InvalidArgument);
}

TEST(a_missing_kernel_is_told) { CHECK(CompiledMethod::load(forward::plan, {}) == Error::OperatorMissing); }

TEST_MAIN()
