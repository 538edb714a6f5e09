// A plan of one call, written by hand: what its tables become, and what is asked of callers.

#include "compiled_method.h"

#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>

#include "check.h"

using etbuild::CompiledMethod;
using etbuild::CompiledPlan;
using etbuild::CompiledPort;
using etbuild::CompiledStep;
using etbuild::CompiledTensor;
using etbuild::CompiledValue;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Kernel;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::OpFunction;
using executorch::runtime::Span;

namespace {

using Kind = CompiledValue::Kind;

// Doubles its first argument into its last, as often as the list between them has items.
void double_each(KernelRuntimeContext& context, Span<EValue*> arguments) {
  const Tensor& in = arguments[0]->toTensor();
  const Tensor& out = arguments[2]->toTensor();
  if (executorch::runtime::resize_tensor(out, in.sizes()) != Error::Ok) {
    context.fail(Error::InvalidArgument);
    return;
  }
  const auto factor = static_cast<float>(1 << arguments[1]->toIntList().size());
  for (ssize_t at = 0; at < in.numel(); ++at) {
    out.mutable_data_ptr<float>()[at] = factor * in.const_data_ptr<float>()[at];
  }
}

const Kernel kKernels[] = {Kernel("test::double.out", double_each)};

// x and y, both of up to four floats that the caller gives, and a list of the number 7, twice.
int32_t sizes_x[] = {4};
int32_t sizes_y[] = {4};
int32_t strides_x[] = {1};
int32_t strides_y[] = {1};
const uint8_t kOrder[] = {0};
const CompiledTensor kTensors[] = {{nullptr, sizes_x, strides_x, kOrder, 6, 1, true},
                                   {nullptr, sizes_y, strides_y, kOrder, 6, 1, true}};
constexpr CompiledValue kValues[] = {{Kind::Tensor, 0, 0}, {Kind::Int, 0, 7}, {Kind::Ints, 2, 0}, {Kind::Tensor, 0, 1}};
const uint16_t kPlaces[] = {1, 1, 0, 2, 3};
const CompiledStep kSteps[] = {{0, 3, 2}};
const char* const kOperators[] = {"test::double.out"};
const CompiledPort kInputs[] = {{0, false, 4}};
const CompiledPort kOutputs[] = {{3, false, 4}, {2, false, 0}};
alignas(TensorImpl) uint8_t tensor_memory[2 * sizeof(TensorImpl)];
alignas(EValue) uint8_t value_memory[4 * sizeof(EValue)];
alignas(8) uint8_t list_memory[etbuild::compiled_list_bytes(kValues)];
OpFunction kernel_memory[1];
EValue* argument_memory[3];
const CompiledPlan kPlan = {{kTensors, 2}, {kValues, 4},    {nullptr, 0},    {kSteps, 1},
                            {kPlaces, 5},  {kOperators, 1}, {kInputs, 1},    {kOutputs, 2},
                            true,          0xffff,          tensor_memory,   value_memory,
                            list_memory,   kernel_memory,   argument_memory, nullptr};

struct Floats {
  int32_t size;
  float data[4] = {1, 2, 3, 4};
  int32_t stride = 1;
  uint8_t order = 0;
  TensorImpl impl;

  explicit Floats(int32_t length, bool has_data = true)
      : size(length), impl(ScalarType::Float, 1, &size, has_data ? data : nullptr, &order, &stride) {}

  EValue value() { return EValue(Tensor(&impl)); }
};

}  // namespace

TEST(tables_become_values_and_calls) {
  CHECK(CompiledMethod::load(kPlan, kKernels) == Error::Ok);
  CompiledMethod method(kPlan);
  Floats x(3);
  float out[4] = {};
  CHECK(method.set_input(x.value(), 0) == Error::Ok);
  CHECK(method.set_output_data_ptr(out, sizeof(out), 0) == Error::Ok);
  CHECK(method.execute() == Error::Ok);
  CHECK(out[0] == 4 && out[2] == 12 && out[3] == 0 && method.get_output(0).toTensor().size(0) == 3);
  CHECK(method.get_output(1).toIntList().size() == 2 && method.get_output(1).toIntList()[1] == 7);
}

TEST(what_has_no_data_is_not_used) {
  CHECK(CompiledMethod::load(kPlan, kKernels) == Error::Ok);
  CompiledMethod method(kPlan);
  Floats x(3);
  Floats nothing(3, false);
  CHECK(method.execute() == Error::InvalidArgument);  // No input.
  CHECK(method.set_input(nothing.value(), 0) == Error::InvalidArgument);
  CHECK(method.set_input(x.value(), 0) == Error::Ok);
  CHECK(method.execute() == Error::InvalidState);  // No place for the output.
}

TEST(an_output_grows_as_far_as_the_callers_memory) {
  CHECK(CompiledMethod::load(kPlan, kKernels) == Error::Ok);
  CompiledMethod method(kPlan);
  Floats small(2);
  Floats large(4);
  float out[4] = {};
  const int32_t two[] = {2};
  CHECK(method.set_input(small.value(), 0) == Error::Ok);
  CHECK(executorch::runtime::resize_tensor(method.get_output(0).toTensor(), {two, 1}) == Error::Ok);
  CHECK(method.set_output_data_ptr(out, 2 * sizeof(float), 0) == Error::Ok);
  CHECK(method.execute() == Error::Ok && out[1] == 8);
  CHECK(method.set_input(large.value(), 0) == Error::Ok);
  CHECK(method.execute() == Error::InvalidArgument && out[2] == 0);
}

TEST(what_does_not_exist_is_told) {
  CHECK(CompiledMethod::load(kPlan, {}) == Error::OperatorMissing);
  CHECK(CompiledMethod::load(kPlan, kKernels) == Error::Ok);
  CompiledMethod method(kPlan);
  float out[4] = {};
  CHECK(method.set_input(EValue(int64_t{1}), 0) == Error::InvalidArgument);
  CHECK(method.set_input(EValue(int64_t{1}), 1) == Error::InvalidArgument);
  CHECK(method.set_output_data_ptr(out, sizeof(out), 1) == Error::InvalidArgument);  // A list.
  CHECK(method.set_output_data_ptr(out, sizeof(out), 2) == Error::InvalidArgument);
}

TEST_MAIN()
