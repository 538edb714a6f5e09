// Draws the sine that the network has learned. Its exit code is 0 if all went well.
#include "drawing.h"
#include "kernels.h"
#include "programs.h"

using etbuild::CompiledMethod;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using programs::sine_program::forward;

namespace {

// Gives the network `angle`, between 0 and 2 pi, and takes its answer.
Error predict(CompiledMethod& method, float angle, float* sine) {
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
  if (CompiledMethod::load(forward::plan, programs::kernels()) != Error::Ok) return 1;
  CompiledMethod method(forward::plan);
  for (int step = 0; step <= drawing::kSteps; ++step) {
    float sine = 0;
    if (predict(method, static_cast<float>(step) * drawing::kStep, &sine) != Error::Ok) return 2;
    drawing::draw(sine);
  }
  return 0;
}
