// The image gives what the model gives in eager mode, by a kernel of our own and one of etbuild's.
#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>

#include <cmath>
#include <cstring>

#include "kernels.h"
#include "programs.h"
#include "runtime/testing/check.h"

namespace {

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::extension::BufferDataLoader;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Program;
using programs::program::forward;

bool is_near(const Tensor& output, const programs::Bytes& wanted) {
  if (output.nbytes() != wanted.size) return false;
  for (size_t at = 0; at < wanted.size / sizeof(float); ++at) {
    float value = 0;
    std::memcpy(&value, static_cast<const uint8_t*>(wanted.data) + at * sizeof value, sizeof value);
    if (!(std::fabs(output.const_data_ptr<float>()[at] - value) < 1e-5F)) return false;
  }
  return true;
}

}  // namespace

TEST(the_image_gives_what_the_model_gives) {
  BufferDataLoader loader(programs::program::data, programs::program::size);
  const auto program = Program::load(&loader);
  CHECK(program.ok());
  auto method = program->load_method(forward::name, forward::memory(), nullptr, nullptr, nullptr, programs::kernels());
  CHECK(method.ok());
  if (!method.ok()) return;
  CHECK(!forward::calls().empty());
  for (const programs::Call& call : forward::calls()) {
    int32_t sizes[] = {2, 8};
    int32_t strides[] = {8, 1};
    uint8_t order[] = {0, 1};
    TensorImpl input(ScalarType::Float, 2, sizes, const_cast<void*>(call.inputs[0].data), order, strides);
    CHECK(method->set_input(EValue(Tensor(&input)), 0) == Error::Ok);
    CHECK(method->execute() == Error::Ok);
    CHECK(is_near(method->get_output(0).toTensor(), call.expected[0]));
  }
}

TEST_MAIN()
