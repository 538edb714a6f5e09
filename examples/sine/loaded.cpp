// The same with the program itself in flash: each byte of it is checked before it is believed.
#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>

#include "drawing.h"
#include "kernels.h"
#include "programs.h"

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::extension::BufferDataLoader;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Method;
using executorch::runtime::Program;
using programs::sine_program::forward;

namespace {

Error predict(Method& method, float angle, float* sine) {
  int32_t sizes[] = {1, 1};
  int32_t strides[] = {1, 1};
  uint8_t order[] = {0, 1};
  TensorImpl input(ScalarType::Float, 2, sizes, &angle, order, strides);
  if (const Error error = method.set_input(EValue(Tensor(&input)), 0); error != Error::Ok) return error;
  if (const Error error = method.execute(); error != Error::Ok) return error;
  *sine = *method.get_output(0).toTensor().const_data_ptr<float>();
  return Error::Ok;
}

}  // namespace

int main() {
  BufferDataLoader loader(programs::sine_program::data, programs::sine_program::size);
  const auto program = Program::load(&loader);
  if (!program.ok()) return 1;
  auto method = program->load_method(forward::name, forward::memory(), nullptr, nullptr, nullptr, programs::kernels());
  if (!method.ok()) return 2;
  for (int step = 0; step <= drawing::kSteps; ++step) {
    float sine = 0;
    if (predict(*method, static_cast<float>(step) * drawing::kStep, &sine) != Error::Ok) return 3;
    drawing::draw(sine);
  }
  return 0;
}
