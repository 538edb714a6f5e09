// Runs a method that is tables in the image. Inputs are zeros; what it gives goes to standard output.
#include <cstdio>
#include <cstdlib>

#include "kernels.h"
#include "programs.h"

using etbuild::CompiledMethod;
using etbuild::CompiledPlan;
using etbuild::CompiledTensor;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::Error;
using executorch::runtime::EValue;

namespace {

bool give_zeros(CompiledMethod& method, const CompiledPlan& plan) {
  for (size_t index = 0; index < plan.inputs.size; ++index) {
    const auto& value = plan.values[plan.inputs[index].value];
    const CompiledTensor& tensor = plan.tensors[value.index];
    TensorImpl zeros(static_cast<ScalarType>(tensor.type), tensor.rank, const_cast<int32_t*>(tensor.sizes), nullptr,
                     const_cast<uint8_t*>(tensor.dim_order), const_cast<int32_t*>(tensor.strides));
    zeros.set_data(std::calloc(1, zeros.nbytes()));
    if (method.set_input(EValue(Tensor(&zeros)), index) != Error::Ok) return false;
  }
  return true;
}

bool write_outputs(const CompiledMethod& method) {
  for (size_t index = 0; index < method.outputs_size(); ++index) {
    const EValue& value = method.get_output(index);
    if (!value.isTensor()) continue;
    const Tensor& output = value.toTensor();
    if (std::fwrite(output.const_data_ptr(), 1, output.nbytes(), stdout) != output.nbytes()) return false;
  }
  return true;
}

}  // namespace

int main() {
  const CompiledPlan& plan = METHOD::plan;
  if (CompiledMethod::load(plan, programs::kernels()) != Error::Ok) return 1;
  CompiledMethod method(plan);
  if (!give_zeros(method, plan)) return 2;
  return method.execute() == Error::Ok && write_outputs(method) ? 0 : 3;
}
