// Draws the sine that the network has learned. Its exit code is 0 if all went well.
#include "drawing.h"
#include "kernels.h"
#include "predict.h"
#include "programs.h"

using etbuild::CompiledMethod;
using executorch::runtime::Error;
using programs::sine_program::forward;

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
