#include "listener.h"

#include <cstring>

#include "kernels.h"
#include "programs.h"

namespace {

using etbuild::CompiledMethod;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using programs::okay_nabu_portable::forward;

// What the model takes for 1 of the front end's features.
constexpr float kScale = 0.0390625F;

}  // namespace

bool Listener::begin() { return CompiledMethod::load(forward::plan, programs::kernels()) == Error::Ok; }

bool Listener::hear(const int16_t (&samples)[FrontEnd::kStep]) {
  if (!front_end_.hear(samples, features_)) return false;
  for (size_t channel = 0; channel < FrontEnd::kChannels; ++channel) {
    float* row = window_[channel];
    std::memmove(row, row + 1, (kFrames - 1) * sizeof(float));
    row[kFrames - 1] = static_cast<float>(features_[channel]) * kScale;
  }
  if (++frames_ < kStride) return false;
  frames_ = 0;
  float answer = 0;
  if (!ask(window_[0], &answer)) return false;
  latest_ = static_cast<uint8_t>((latest_ + 1) % kAnswers);
  answers_[latest_] = answer;
  heard_before_ = heard_;
  heard_ = average() > kEnough;
  return true;
}

float Listener::average() const {
  float sum = 0;
  for (const float answer : answers_) sum += answer;
  return sum / kAnswers;
}

bool Listener::ask(const float* window, float* probability) {
  int32_t sizes[] = {1, FrontEnd::kChannels, kFrames, 1};
  uint8_t order[] = {0, 1, 2, 3};
  int32_t strides[] = {FrontEnd::kChannels * kFrames, kFrames, 1, 1};
  TensorImpl input(ScalarType::Float, 4, sizes, const_cast<float*>(window), order, strides);
  CompiledMethod method(forward::plan);
  if (method.set_input(EValue(Tensor(&input)), 0) != Error::Ok || method.execute() != Error::Ok) return false;
  *probability = *method.get_output(0).toTensor().const_data_ptr<float>();
  return true;
}
