// Asks the network for the sine of an angle: of tables or of a loaded program, which take and give the same.
#pragma once

#include "programs.h"

// Gives the network `angle`, between 0 and 2 pi, and takes its answer.
template <typename Method>
executorch::runtime::Error predict(Method& method, float angle, float* sine) {
  using executorch::aten::ScalarType;
  using executorch::aten::Tensor;
  using executorch::runtime::Error;
  int32_t sizes[] = {1, 1};
  int32_t strides[] = {1, 1};
  uint8_t order[] = {0, 1};
  executorch::aten::TensorImpl input(ScalarType::Float, 2, sizes, &angle, order, strides);
  const executorch::runtime::EValue value{Tensor(&input)};
  if (const Error error = method.set_input(value, 0); error != Error::Ok) return error;
  if (const Error error = method.execute(); error != Error::Ok) return error;
  *sine = *method.get_output(0).toTensor().template const_data_ptr<float>();
  return Error::Ok;
}
