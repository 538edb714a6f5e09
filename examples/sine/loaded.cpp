// The same with the program itself in flash: each byte of it is checked before it is believed.
#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>

#include "drawing.h"
#include "kernels.h"
#include "predict.h"
#include "programs.h"

using executorch::extension::BufferDataLoader;
using executorch::runtime::Error;
using executorch::runtime::Program;
using programs::sine_program::forward;

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
