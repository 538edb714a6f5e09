// Runs one method on zeros. Its exit code is 0 if all went well; nothing is printed.
#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>

#include "programs.h"
#include "runtime/kernels/testing/testing_kernels.h"

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::extension::BufferDataLoader;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Program;
using programs::mlp_portable::forward;

int main() {
  BufferDataLoader loader(programs::mlp_portable::data, programs::mlp_portable::size);
  const auto program = Program::load(&loader);
  if (!program.ok()) return 1;
  auto method = program->load_method(forward::name, forward::memory(), nullptr, nullptr, nullptr,
                                     etbuild::testing::testing_kernels());
  if (!method.ok()) return 2;
  float zeros[32] = {};
  int32_t sizes[] = {1, 32};
  uint8_t order[] = {0, 1};
  int32_t strides[] = {32, 1};
  TensorImpl input(ScalarType::Float, 2, sizes, zeros, order, strides);
  if (method->set_input(EValue(Tensor(&input)), 0) != Error::Ok) return 3;
  return method->execute() == Error::Ok ? 0 : 4;
}
