// The program gives what the model gave in eager mode, from flash and in the memory that the build laid out.
#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>

#include <cstdio>

#include "expected_output.h"
#include "programs.h"
#include "runtime/kernels/testing/testing_kernels.h"
#include "runtime/testing/check.h"

namespace {

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::extension::BufferDataLoader;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Method;
using executorch::runtime::Program;
using programs::mlp_portable::forward;

// What loading takes at most that the build does not know: the arity of kernels.
constexpr size_t kSlack = 24 * sizeof(void*);

void give_input(Method& method, const programs::Bytes& input) {
  int32_t sizes[] = {1, 32};
  uint8_t order[] = {0, 1};
  int32_t strides[] = {32, 1};
  TensorImpl given(ScalarType::Float, 2, sizes, const_cast<void*>(input.data), order, strides);
  CHECK(given.nbytes() == input.size);
  CHECK(method.set_input(EValue(Tensor(&given)), 0) == Error::Ok);
}

}  // namespace

TEST(the_method_gives_what_the_model_gave) {
  BufferDataLoader loader(programs::mlp_portable::data, programs::mlp_portable::size);
  const auto program = Program::load(&loader);
  CHECK(program.ok());
  auto* memory = forward::memory();
  auto method =
      program->load_method(forward::name, memory, nullptr, nullptr, nullptr, etbuild::testing::testing_kernels());
  CHECK(method.ok());
  if (!method.ok()) return;
  const size_t used = memory->method_allocator()->used_size();
  CHECK(used <= forward::method_bytes && forward::method_bytes - used <= kSlack);
  CHECK(!forward::calls().empty());
  for (const auto& call : forward::calls()) {
    give_input(*method, call.inputs[0]);
    CHECK(method->execute() == Error::Ok);
    expect_output(method->get_output(0).toTensor(), call.expected[0]);
  }
}

// Where start-up code paints the stack: see toolchains/bare/bare.h.
extern "C" size_t bare_stack_peak() __attribute__((weak));

TEST(the_stack_stays_small) {
  if (bare_stack_peak == nullptr) return;
  std::printf("%u bytes of stack\n", static_cast<unsigned>(bare_stack_peak()));
  CHECK(bare_stack_peak() <= 2048);
}

TEST_MAIN()
