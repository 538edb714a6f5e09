// Methods while they run: at once and step by step, through jumps, moves and frees, with inputs and outputs.

#include <executorch/runtime/core/exec_aten/util/tensor_util.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>

#include "check.h"
#include "loaded_file.h"

using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Kernel;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::Span;
using executorch::runtime::etensor::ScalarType;
using executorch::runtime::etensor::Tensor;
using executorch::runtime::etensor::TensorImpl;
using namespace etbuild::testing;  // NOLINT(google-build-using-namespace): of this test's own helpers

namespace {

int count = 0;

// Counts; stores whether the count is still below the second argument in the third.
void count_up(KernelRuntimeContext& /*context*/, Span<EValue*> arguments) {
  ++count;
  *arguments[1] = EValue(count < arguments[0]->toInt());
}

void double_it(KernelRuntimeContext& context, Span<EValue*> arguments) {
  const Tensor& in = arguments[0]->toTensor();
  const Tensor& out = arguments[1]->toTensor();
  if (executorch::runtime::resize_tensor(out, in.sizes()) != Error::Ok) {
    context.fail(Error::InvalidArgument);
    return;
  }
  for (ssize_t at = 0; at < in.numel(); ++at) {
    out.mutable_data_ptr<float>()[at] = 2 * in.const_data_ptr<float>()[at];
  }
}

void fail(KernelRuntimeContext& context, Span<EValue*> /*arguments*/) { context.fail(Error::OutOfResources); }

const Kernel kKernels[] = {Kernel("test::count", count_up), Kernel("test::double", double_it),
                           Kernel("test::fail", fail)};

// Counts to `limit`: do { count } while (still below).
FileBytes loop(int64_t limit) {
  ProgramWriter w;
  const int32_t to = w.whole(limit);
  const int32_t below = w.truth(false);
  const int32_t never = w.truth(false);
  w.call(w.op("test::count", ""), {to, below});
  w.jump_unless(below, 3);
  w.jump_unless(never, 0);
  w.method("forward", {}, {below}, {});
  return w.finish();
}

// A float tensor of a test's own.
struct Floats {
  int32_t size;
  float data[4] = {1, 2, 3, 4};
  int32_t stride = 1;
  uint8_t order = 0;
  TensorImpl impl;

  explicit Floats(int32_t length, ScalarType type = ScalarType::Float)
      : size(length), impl(type, 1, &size, data, &order, &stride) {}

  EValue value() { return EValue(Tensor(&impl)); }
};

// out = 2 * x, both of up to 4 floats.
FileBytes doubling(bool planned_input) {
  ProgramWriter w;
  TensorSpec in = planned_input ? planned(0, {4}) : given({4});
  TensorSpec out = given({4});
  in.dynamism = out.dynamism = executorch_flatbuffer::TensorShapeDynamism::DYNAMIC_BOUND;
  const int32_t x = w.tensor(in);
  const int32_t y = w.tensor(out);
  w.call(w.op("test::double", ""), {x, y});
  w.method("forward", {x}, {y}, {32});
  return w.finish();
}

}  // namespace

TEST(a_loop_runs_as_often_as_its_condition_says) {
  LoadedFile file(loop(5));
  auto method = file.method(kKernels);
  count = 0;
  CHECK(method.ok() && method->execute() == Error::Ok && count == 5);
}

TEST(a_method_can_be_run_step_by_step) {
  LoadedFile file(loop(2));
  auto method = file.method(kKernels);
  count = 0;
  CHECK(!method->in_progress());
  int steps = 0;
  for (; method->step() == Error::Ok; ++steps) {
    if (steps == 0) CHECK(method->in_progress() && method->execute() == Error::InvalidState);
    if (steps == 0) CHECK(method->reset_execution() == Error::InvalidState);
  }
  // count, jump, jump back, count, jump out.
  CHECK(steps == 5 && count == 2);
  CHECK(method->step() == Error::EndOfMethod && !method->in_progress());
  CHECK(method->reset_execution() == Error::Ok && method->step() == Error::Ok);
}

TEST(a_kernel_that_fails_ends_the_execution_and_the_next_begins_anew) {
  ProgramWriter w;
  const int32_t to = w.whole(9);
  const int32_t below = w.truth(false);
  w.call(w.op("test::count", ""), {to, below});
  w.call(w.op("test::fail", ""), {to});
  w.method("forward", {}, {}, {});
  LoadedFile file(w.finish());
  auto method = file.method(kKernels);
  count = 0;
  CHECK(method->execute() == Error::OutOfResources && !method->in_progress());
  CHECK(method->execute() == Error::OutOfResources && count == 2);
}

TEST(planned_inputs_are_copied_and_others_shared) {
  for (const bool is_planned : {false, true}) {
    LoadedFile file(doubling(is_planned));
    auto method = file.method(kKernels);
    Floats x(3);
    float out[4] = {};
    CHECK(method->execute() == Error::InvalidArgument);  // Its input is not set.
    CHECK(method->set_input(x.value(), 0) == Error::Ok);
    CHECK(method->set_output_data_ptr(out, sizeof(out) - 1, 0) != Error::Ok);
    CHECK(method->set_output_data_ptr(out, sizeof(out), 0) == Error::Ok);
    x.data[0] = 10;
    CHECK(method->execute() == Error::Ok);
    CHECK(out[0] == (is_planned ? 2 : 20) && out[2] == 6 && method->get_output(0).toTensor().size(0) == 3);
  }
}

TEST(an_input_must_be_what_was_exported) {
  LoadedFile file(doubling(true));
  auto method = file.method(kKernels);
  Floats too_long(5);
  Floats other_type(2, ScalarType::Int);
  CHECK(method->set_input(too_long.value(), 0) != Error::Ok);
  CHECK(method->set_input(other_type.value(), 0) == Error::InvalidArgument);
  CHECK(method->set_input(EValue(int64_t{1}), 0) == Error::InvalidArgument);
  CHECK(method->set_input(too_long.value(), 1) == Error::InvalidArgument);
}

TEST(moves_and_frees_are_done_in_order) {
  ProgramWriter w;
  const int32_t a = w.tensor(planned(0));
  const int32_t b = w.tensor(planned(16));
  w.move(a, b);
  w.free(a);
  w.method("forward", {}, {a, b}, {32});
  LoadedFile file(w.finish());
  auto method = file.method();
  CHECK(method.ok() && method->execute() == Error::Ok);
  // A move shares the tensor: its data is gone under both names.
  CHECK(method->get_output(0).toTensor().const_data_ptr() == nullptr);
  CHECK(method->get_output(1).toTensor().const_data_ptr() == nullptr);
}

TEST(a_value_stays_of_its_kind) {
  ProgramWriter w;
  const int32_t a = w.tensor(planned(0));
  w.move(w.whole(1), a);
  w.method("forward", {}, {a}, {32});
  LoadedFile file(w.finish());
  CHECK(file.method().error() == Error::InvalidProgram);
}

TEST_MAIN()
