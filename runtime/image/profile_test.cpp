// A program for MVE, forced upon this platform: it can be told before a method of it is loaded.
#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/platform/runtime.h>

#include <cstring>

#include "programs.h"
#include "runtime/kernels/cortex_m/profile.h"
#include "runtime/testing/check.h"

namespace {

using executorch::extension::BufferDataLoader;
using executorch::runtime::Error;
using executorch::runtime::Program;

Error checked(const uint8_t* data, size_t size) {
  executorch::runtime::runtime_init();
  BufferDataLoader loader(data, size);
  const auto program = Program::load(&loader);
  return program.ok() ? etbuild::check_profile(*program) : program.error();
}

TEST(a_program_for_this_processor_is_taken) {
  CHECK(checked(programs::cnn_cortex_m::data, programs::cnn_cortex_m::size) == Error::Ok);
}

TEST(a_program_that_names_no_profile_is_taken) {
  CHECK(checked(programs::mlp_portable::data, programs::mlp_portable::size) == Error::Ok);
}

TEST(a_program_for_mve_is_refused_where_there_is_none) {
  const bool has_mve = std::strcmp(etbuild::cortex_m_profile(), "cortex_m-mve") == 0;
  const Error error = checked(programs::files::for_mve_pte::data, programs::files::for_mve_pte::size);
  CHECK(error == (has_mve ? Error::Ok : Error::NotSupported));
}

}  // namespace

TEST_MAIN()
