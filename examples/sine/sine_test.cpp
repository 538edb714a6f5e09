// The network gives what it gave in eager mode, and that is the sine.
#include <cmath>
#include <cstring>

#include "kernels.h"
#include "predict.h"
#include "programs.h"
#include "runtime/testing/check.h"

namespace {

using etbuild::CompiledMethod;
using executorch::runtime::Error;
using programs::sine_program::forward;

float sine_of(CompiledMethod& method, float angle) {
  float sine = 0;
  CHECK(predict(method, angle, &sine) == Error::Ok);
  return sine;
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
    CHECK(std::fabs(sine_of(method, value_of(call.inputs[0])) - value_of(call.expected[0])) < 1e-5F);
  }
}

TEST(what_it_gives_is_the_sine) {
  CHECK(CompiledMethod::load(forward::plan, programs::kernels()) == Error::Ok);
  CompiledMethod method(forward::plan);
  for (int step = 0; step <= 100; ++step) {
    const float angle = static_cast<float>(step) * 0.0628F;
    CHECK(std::fabs(sine_of(method, angle) - std::sin(angle)) < 0.0132F);
  }
}

TEST_MAIN()
