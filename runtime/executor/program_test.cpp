// Programs as files: what is loaded, what is refused, what is asked of them without loading a method.

#include <executorch/runtime/executor/program.h>

#include <executorch/runtime/executor/program_validation.h>

#include <cstring>

#include "check.h"
#include "loaded_file.h"

using executorch::runtime::Error;
using executorch::runtime::Program;
using namespace etbuild::testing;  // NOLINT(google-build-using-namespace): of this test's own helpers

namespace {

// Two methods, a constant, named data.
FileBytes two_methods() {
  ProgramWriter w;
  TensorSpec weight = given();
  weight.constant = 1;
  w.method("forward", {}, {w.tensor(weight)}, {});
  w.method("count", {}, {w.whole(7)}, {64});
  w.constants(w.segment({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}), {0, 4});
  w.named("blob", w.segment({42, 43}));
  return w.finish();
}

}  // namespace

TEST(methods_are_found_by_name_and_number) {
  LoadedFile file(two_methods());
  CHECK(file.program().ok());
  CHECK(file.program()->num_methods() == 2);
  CHECK(std::strcmp(*file.program()->get_method_name(1), "count") == 0);
  CHECK(file.program()->get_method_name(2).error() == Error::InvalidArgument);
  CHECK(file.method({}, "backward").error() == Error::InvalidArgument);
  CHECK(file.program()->method_meta("backward").error() == Error::InvalidArgument);
}

TEST(constants_are_used_where_they_are) {
  LoadedFile file(two_methods());
  const auto method = file.method();
  CHECK(method.ok());
  const auto* data = static_cast<const uint8_t*>(*file.program()->get_constant_buffer_data(1, 8));
  CHECK(data[0] == 5 && method->get_output(0).toTensor().const_data_ptr() == data);
  CHECK(file.program()->get_constant_buffer_data(1, 9).error() == Error::InvalidArgument);
  CHECK(file.program()->get_constant_buffer_data(2, 1).error() == Error::InvalidArgument);
}

TEST(data_is_found_by_its_name) {
  LoadedFile file(two_methods());
  const auto map = file.program()->get_named_data_map();
  CHECK(map.ok() && *(*map)->get_num_keys() == 1 && std::strcmp(*(*map)->get_key(0), "blob") == 0);
  const auto data = (*map)->get_data("blob");
  CHECK(data.ok() && data->size() == 2 && static_cast<const uint8_t*>(data->data())[1] == 43);
  CHECK((*map)->get_data("blo").error() == Error::NotFound);
  CHECK((*map)->get_key(1).error() == Error::InvalidArgument);
}

TEST(a_program_without_named_data_has_no_map) {
  ProgramWriter w;
  w.method("forward", {}, {}, {});
  LoadedFile file(w.finish());
  CHECK(file.program().ok() && file.program()->get_named_data_map().error() == Error::NotFound);
}

TEST(a_file_that_ends_too_early_is_refused_at_once) {
  FileBytes bytes = two_methods();
  bytes.pop_back();
  LoadedFile file(bytes);
  CHECK(file.program().error() == Error::InvalidProgram);
}

TEST(a_program_must_be_aligned) {
  LoadedFile file(two_methods(), 4);
  CHECK(file.program().error() == Error::InvalidArgument);
}

TEST(segments_must_lie_within_the_file) {
  FileBytes bytes = two_methods();
  uint64_t base = 0;
  std::memcpy(&base, bytes.data() + 24, sizeof(base));
  const uint64_t shorter = bytes.size() - base - 1;
  std::memcpy(bytes.data() + 32, &shorter, sizeof(shorter));
  LoadedFile file(bytes);
  CHECK(file.program().error() == Error::InvalidProgram);
}

TEST(what_begins_a_program_can_be_told_without_loading_it) {
  FileBytes bytes = two_methods();
  CHECK(Program::check_header(bytes.data(), bytes.size()) == Program::CompatibleVersion);
  CHECK(Program::check_header(bytes.data(), 63) == Program::ShortData);
  bytes[6] = '9';
  CHECK(Program::check_header(bytes.data(), bytes.size()) == Program::IncompatibleVersion);
  bytes[4] = 'X';
  CHECK(Program::check_header(bytes.data(), bytes.size()) == Program::NotPresent);
}

TEST(the_stricter_level_refuses_tensors_of_methods_that_nobody_loads) {
  ProgramWriter w;
  w.method("forward", {}, {}, {});
  w.tensor(given({-1}));
  w.method("broken", {}, {}, {});
  LoadedFile file(w.finish());
  CHECK(file.program().ok() && file.method().ok());
  CHECK(Program::load(file.loader(), Program::Verification::InternalConsistency).error() == Error::InvalidProgram);
  CHECK(executorch::runtime::validate_program(nullptr) == Error::InvalidProgram);
  CHECK(executorch::runtime::validate_tensor(nullptr) == Error::InvalidProgram);
}

TEST_MAIN()
