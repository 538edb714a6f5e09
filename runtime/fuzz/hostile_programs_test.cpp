// Programs that are sound as files and wrong as programs, each in one way: refused when loaded, or by the instruction.

#include <executorch/runtime/platform/runtime.h>

#include "check.h"
#include "hostile_run.h"
#include "program_writer.h"

using etbuild::testing::HostileOutcome;
using etbuild::testing::ProgramWriter;
using etbuild::testing::TensorSpec;
using executorch::runtime::Error;

namespace {

HostileOutcome run(ProgramWriter& writer) {
  executorch::runtime::runtime_init();
  const etbuild::testing::FileBytes file = writer.finish();
  return etbuild::testing::run_hostile(file.data(), file.size(), {});
}

TensorSpec planned(uint32_t offset) {
  TensorSpec spec;
  spec.memory = 1;
  spec.offset = offset;
  return spec;
}

}  // namespace

TEST(a_value_stays_what_it_is_so_that_calls_stay_as_they_were_checked) {
  for (const bool to_tensor : {false, true}) {
    ProgramWriter w;
    const int32_t x = w.tensor(planned(0));
    const int32_t number = w.whole(3);
    const int32_t real = w.real(3);
    w.move(number, to_tensor ? x : real);
    w.call(w.op("aten::add", "out"), {x, x, real, x, x});
    w.method("forward", {x}, {x}, {16});
    const HostileOutcome outcome = run(w);
    CHECK(outcome.load == Error::Ok);
    CHECK(outcome.last == (to_tensor ? Error::InvalidProgram : Error::Ok));
    CHECK(outcome.methods == (to_tensor ? 0 : 1));
  }
}

TEST(a_scalar_may_become_another_kind_of_scalar_and_the_kernel_looks) {
  ProgramWriter w;
  const int32_t x = w.tensor(planned(0));
  const int32_t out = w.tensor(planned(16));
  const int32_t axis = w.whole(0);
  const int32_t list = w.tensors({x});
  w.call(w.op("executorch_prim::truediv", "Scalar"), {w.whole(1), w.whole(2), axis});
  w.call(w.op("aten::cat", "out"), {list, axis, out, out});
  w.method("forward", {x}, {out}, {32});
  const HostileOutcome outcome = run(w);
  CHECK(outcome.methods == 1);
  CHECK(outcome.last == Error::InvalidType);
}

TEST(a_kernel_meets_no_tensor_without_data) {
  for (const bool freed : {false, true}) {
    for (const bool in_list : {false, true}) {
      ProgramWriter w;
      const int32_t x = w.tensor(planned(0));
      const int32_t y = w.tensor(freed ? planned(16) : TensorSpec());
      const int32_t list = w.tensors({x, y});
      if (freed) w.free(y);
      w.call(w.op("test::touch", ""), {in_list ? list : y});
      w.method("forward", {x}, {x}, {32});
      const HostileOutcome outcome = run(w);
      CHECK(outcome.methods == 1);
      CHECK(outcome.last == Error::InvalidState);
    }
  }
}

TEST(a_tensor_without_data_that_nobody_reads_is_no_matter) {
  ProgramWriter w;
  const int32_t x = w.tensor(planned(0));
  const int32_t y = w.tensor({});
  w.call(w.op("test::touch", ""), {x});
  w.free(y);
  w.method("forward", {x}, {x}, {16});
  const HostileOutcome outcome = run(w);
  CHECK(outcome.executed == 2);
}

TEST(a_tensor_of_the_caller_cannot_grow_beyond_what_was_given) {
  // The input is bounded by 4 x 2, the caller gives 3 x 2; then the program makes it 4 x 2.
  executorch::runtime::runtime_init();
  ProgramWriter w;
  TensorSpec spec;
  spec.sizes = {4, 2};
  spec.dynamism = executorch_flatbuffer::TensorShapeDynamism::DYNAMIC_BOUND;
  const int32_t x = w.tensor(spec);
  const int32_t out = w.tensor(spec);
  spec.memory = 1;
  const int32_t large = w.tensor(spec);
  const int32_t relu = w.op("aten::relu", "out");
  w.call(relu, {x, out, out});
  w.call(relu, {large, x, x});
  w.call(relu, {large, out, out});
  w.method("forward", {x}, {out}, {32});
  const etbuild::testing::FileBytes file = w.finish();
  etbuild::testing::HostileOptions options;
  CHECK(etbuild::testing::run_hostile(file.data(), file.size(), options).executed == 2);
  options.small_inputs = true;
  CHECK(etbuild::testing::run_hostile(file.data(), file.size(), options).last == Error::NotSupported);
}

TEST(fields_that_a_later_schema_added_are_not_read) {
  ProgramWriter w;
  const int32_t x = w.tensor(planned(0));
  const int32_t y = w.tensor({});
  for (int times = 0; times < 4; ++times) w.free(y, true);
  w.method("forward", {x}, {x}, {16});
  CHECK(run(w).executed == 2);
}

TEST(an_instruction_is_one_of_those_that_there_are) {
  ProgramWriter w;
  w.move(w.whole(1), w.whole(2));
  w.method("forward", {}, {}, {});
  etbuild::testing::FileBytes file = w.finish();
  size_t refused = 0;
  for (uint8_t& byte : file) {
    const uint8_t was = byte;
    for (byte = 0; byte < 8; ++byte) {
      refused += etbuild::testing::run_hostile(file.data(), file.size(), {}).load == Error::Ok ? 0 : 1;
    }
    byte = was;
  }
  CHECK(refused > 0);
}

TEST_MAIN()
