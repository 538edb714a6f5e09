// Values of every kind, as kernels see them, and tensors: what is shared, what is copied, what is refused.

#include <executorch/runtime/executor/method.h>

#include "check.h"
#include "loaded_file.h"

using executorch::runtime::Error;
using executorch::runtime::EValue;
using namespace etbuild::testing;  // NOLINT(google-build-using-namespace): of this test's own helpers

TEST(each_kind_of_value_is_what_the_program_says) {
  ProgramWriter w;
  const int32_t five = w.whole(5);
  const int32_t a = w.tensor(planned(0));
  const std::vector<int32_t> all = {w.null(),           five,
                                    w.truth(true),      w.real(2.5),
                                    w.text("text"),     w.ints({five, five}),
                                    w.reals({1.5, -2}), w.truths({1, 0}),
                                    w.tensors({a}),     w.optional_tensors({a, -1})};
  w.method("forward", {}, all, {32});
  LoadedFile file(w.finish());
  auto method = file.method();
  CHECK(method.ok());
  std::vector<EValue> out(all.size());
  CHECK(method->get_outputs(out.data(), out.size()) == Error::Ok);
  CHECK(out[0].isNone() && out[1].toInt() == 5 && out[2].toBool() && out[3].toDouble() == 2.5);
  CHECK(out[4].toString() == "text");
  CHECK(out[5].toIntList().size() == 2 && out[5].toIntList()[1] == 5);
  CHECK(out[6].toDoubleList()[0] == 1.5 && out[6].toDoubleList()[1] == -2);
  CHECK(out[7].toBoolList()[0] && !out[7].toBoolList()[1]);
  CHECK(out[8].toTensorList().size() == 1 && out[8].toTensorList()[0].const_data_ptr() == file.arena());
  const auto optional = out[9].toListOptionalTensor();
  CHECK(optional.size() == 2 && optional[0].has_value() && !optional[1].has_value());
}

TEST(items_of_lists_are_values_of_their_type) {
  for (int wrong = 0; wrong < 5; ++wrong) {
    ProgramWriter w;
    const int32_t five = w.whole(5);
    const int32_t a = w.tensor(planned(0));
    if (wrong == 0) w.ints({a});
    if (wrong == 1) w.ints({(int64_t{1} << 32) + five});
    if (wrong == 2) w.tensors({five});
    if (wrong == 3) w.tensors({-1});
    if (wrong == 4) w.optional_tensors({-2});
    w.method("forward", {}, {}, {32});
    LoadedFile file(w.finish());
    CHECK(file.program().ok() && file.method().error() == Error::InvalidProgram);
  }
}

TEST(equal_neighbours_share_their_strides_and_dynamic_tensors_share_nothing) {
  ProgramWriter w;
  TensorSpec dynamic = planned(48, {2, 3});
  dynamic.dynamism = executorch_flatbuffer::TensorShapeDynamism::DYNAMIC_BOUND;
  const std::vector<int32_t> all = {w.tensor(planned(0, {2, 3})), w.tensor(planned(24, {2, 3})), w.tensor(dynamic),
                                    w.tensor(planned(72, {2, 3}))};
  w.method("forward", {}, all, {96});
  LoadedFile file(w.finish());
  auto method = file.method();
  CHECK(method.ok());
  const int32_t* strides[4] = {};
  const int32_t* sizes[4] = {};
  for (size_t at = 0; at < 4; ++at) {
    const auto& tensor = method->get_output(at).toTensor();
    CHECK(tensor.strides()[0] == 3 && tensor.strides()[1] == 1);
    strides[at] = tensor.strides().data();
    sizes[at] = tensor.sizes().data();
  }
  CHECK(strides[0] == strides[1] && strides[2] != strides[1] && strides[3] != strides[2]);
  // The static ones' sizes are the file's.
  CHECK(sizes[0] != sizes[2] && method->get_output(0).toTensor().sizes()[0] == 2);
}

TEST(tensors_lie_within_their_memory_and_at_their_alignment) {
  struct Case {
    uint32_t memory;
    uint32_t offset;
    Error error;
  };
  for (const Case& wanted : {Case{1, 504, Error::Ok}, Case{1, 508, Error::MemoryAllocationFailed},
                             Case{1, 2, Error::InvalidProgram}, Case{2, 0, Error::InvalidArgument}}) {
    ProgramWriter w;
    TensorSpec spec = planned(wanted.offset);
    spec.memory = wanted.memory;
    w.tensor(spec);
    w.method("forward", {}, {}, {512});
    LoadedFile file(w.finish());
    CHECK(file.method().error() == wanted.error);
  }
}

TEST(state_begins_as_the_program_says) {
  ProgramWriter w;
  TensorSpec spec = planned(0);
  spec.constant = 1;
  const int32_t a = w.tensor(spec);
  w.state(w.segment({9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8}), {0, 4});
  w.method("forward", {}, {a}, {32});
  LoadedFile file(w.finish());
  CHECK(file.method().ok() && file.arena()[0] == 1 && file.arena()[7] == 8);
}

TEST_MAIN()
