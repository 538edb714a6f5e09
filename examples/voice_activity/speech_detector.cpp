#include "speech_detector.h"

#include <algorithm>

#include "kernels.h"
#include "programs.h"

namespace speech {

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Program;
using executorch::runtime::Result;
using programs::speech::forward;

Detector::Detector() : loader_(programs::speech::data, programs::speech::size) {}

Error Detector::load() {
  auto program = Program::load(&loader_);
  if (!program.ok()) return program.error();
  program_.emplace(std::move(*program));
  auto method = program_->load_method(forward::name, forward::memory(), nullptr, nullptr, nullptr, programs::kernels());
  if (!method.ok()) return method.error();
  method_.emplace(std::move(*method));
  return Error::Ok;
}

Result<float> Detector::hear(const float* samples) {
  std::copy(samples, samples + kWindow, samples_ + kContext);
  int32_t sample_sizes[] = {1, kContext + kWindow};
  int32_t sample_strides[] = {kContext + kWindow, 1};
  int32_t state_sizes[] = {2, 1, 128};
  int32_t state_strides[] = {128, 128, 1};
  uint8_t order[] = {0, 1, 2};
  TensorImpl sound(ScalarType::Float, 2, sample_sizes, samples_, order, sample_strides);
  TensorImpl state(ScalarType::Float, 3, state_sizes, state_, order, state_strides);
  if (const Error error = method_->set_input(EValue(Tensor(&sound)), 0); error != Error::Ok) return error;
  if (const Error error = method_->set_input(EValue(Tensor(&state)), 1); error != Error::Ok) return error;
  if (const Error error = method_->execute(); error != Error::Ok) return error;

  const auto* next = method_->get_output(1).toTensor().const_data_ptr<float>();
  std::copy(next, next + kState, state_);
  std::copy(samples_ + kWindow, samples_ + kWindow + kContext, samples_);
  return *method_->get_output(0).toTensor().const_data_ptr<float>();
}

void Detector::forget() {
  std::fill(std::begin(samples_), std::end(samples_), 0.0F);
  std::fill(std::begin(state_), std::end(state_), 0.0F);
}

}  // namespace speech
