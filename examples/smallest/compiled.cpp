// Runs one method on zeros, from tables: nothing of a program is in the image but its weights. Its exit code is 0 if
// all went well; nothing is printed.
#include "programs.h"
#include "runtime/kernels/testing/testing_kernels.h"

using etbuild::CompiledMethod;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using programs::mlp_portable::forward;

int main() {
  if (CompiledMethod::load(forward::plan, etbuild::testing::testing_kernels()) != Error::Ok) return 1;
  CompiledMethod method(forward::plan);
  float zeros[32] = {};
  int32_t sizes[] = {1, 32};
  uint8_t order[] = {0, 1};
  int32_t strides[] = {32, 1};
  TensorImpl input(ScalarType::Float, 2, sizes, zeros, order, strides);
  if (method.set_input(EValue(Tensor(&input)), 0) != Error::Ok) return 2;
  return method.execute() == Error::Ok ? 0 : 3;
}
