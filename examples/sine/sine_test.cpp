// The network gives what it gave in eager mode, and that is the sine.
#include <cmath>
#include <cstring>

#include "kernels.h"
#include "programs.h"
#include "runtime/testing/check.h"

namespace {

using etbuild::CompiledMethod;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using programs::sine_program::forward;

float predict(CompiledMethod& method, float angle) {
  int32_t sizes[] = {1, 1};
  int32_t strides[] = {1, 1};
  uint8_t order[] = {0, 1};
  TensorImpl input(ScalarType::Float, 2, sizes, &angle, order, strides);
  CHECK(method.set_input(EValue(Tensor(&input)), 0) == Error::Ok);
  CHECK(method.execute() == Error::Ok);
  return *method.get_output(0).toTensor().const_data_ptr<float>();
}

float value_of(const programs::Bytes& bytes) {
  float value = 0;
  CHECK(bytes.size == sizeof value);
  std::memcpy(&value, bytes.data, sizeof value);
  return value;
}

}  // namespace

TEST(the_network_gives_what_it_gave_in_eager_mode) {
  CHECK(CompiledMethod::load(forward::plan, programs::kernels()) == Error::Ok);
  CompiledMethod method(forward::plan);
  CHECK(forward::calls().size() == 17);
  for (const auto& call : forward::calls()) {
    CHECK(std::fabs(predict(method, value_of(call.inputs[0])) - value_of(call.expected[0])) < 1e-5F);
  }
}

TEST(what_it_gives_is_the_sine) {
  CHECK(CompiledMethod::load(forward::plan, programs::kernels()) == Error::Ok);
  CompiledMethod method(forward::plan);
  for (int step = 0; step <= 100; ++step) {
    const float angle = static_cast<float>(step) * 0.0628F;
    CHECK(std::fabs(predict(method, angle) - std::sin(angle)) < 0.0132F);
  }
}

TEST_MAIN()
