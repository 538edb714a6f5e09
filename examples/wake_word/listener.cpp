#include "listener.h"

#include <algorithm>
#include <cstring>

#include "kernels.h"
#include "programs.h"

namespace {

using etbuild::CompiledMethod;
using etbuild::CompiledPlan;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::Error;
using executorch::runtime::EValue;

const CompiledPlan& kFirst = programs::first_int8::forward::plan;
const CompiledPlan& kRest = programs::rest_int8::forward::plan;

// What the model takes for 1 of the front end's features.
constexpr float kScale = 0.0390625F;

// Forgets the oldest number of a row, and makes room for a new one.
template <size_t N>
float& next(float (&row)[N]) {
  std::memmove(row, row + 1, (N - 1) * sizeof(float));
  return row[N - 1];
}

// Calls a method with one tensor [1, rows, columns, 1]; returns what it gives, null if it fails.
template <size_t Rows, size_t Columns>
const float* call(const CompiledPlan& plan, float (&input)[Rows][Columns]) {
  int32_t sizes[] = {1, Rows, Columns, 1};
  uint8_t order[] = {0, 1, 2, 3};
  int32_t strides[] = {Rows * Columns, Columns, 1, 1};
  TensorImpl tensor(ScalarType::Float, 4, sizes, input, order, strides);
  CompiledMethod method(plan);
  if (method.set_input(EValue(Tensor(&tensor)), 0) != Error::Ok || method.execute() != Error::Ok) return nullptr;
  return method.get_output(0).toTensor().const_data_ptr<float>();
}

}  // namespace

bool Listener::begin() {
  *this = Listener();
  if (CompiledMethod::load(kFirst, programs::kernels()) != Error::Ok) return false;
  if (CompiledMethod::load(kRest, programs::kernels()) != Error::Ok) return false;
  const float* quiet = call(kFirst, frames_);
  if (quiet == nullptr) return false;
  for (size_t row = 0; row < kWidth; ++row) std::fill_n(steps_[row], kSteps, quiet[row]);
  return true;
}

bool Listener::hear(const int16_t (&samples)[FrontEnd::kStep]) {
  uint16_t features[FrontEnd::kChannels];
  if (!front_end_.hear(samples, features)) return false;
  for (size_t channel = 0; channel < FrontEnd::kChannels; ++channel) {
    next(frames_[channel]) = static_cast<float>(features[channel]) * kScale;
  }
  if (++waiting_ < kStride) return false;
  waiting_ = 0;
  const float* step = call(kFirst, frames_);
  if (step == nullptr) return false;
  for (size_t row = 0; row < kWidth; ++row) next(steps_[row]) = step[row];
  const float* answer = call(kRest, steps_);
  if (answer == nullptr) return false;
  latest_ = static_cast<uint8_t>((latest_ + 1) % kAnswers);
  answers_[latest_] = *answer;
  heard_before_ = heard_;
  heard_ = average() > kEnough;
  return true;
}

float Listener::average() const {
  float sum = 0;
  for (const float answer : answers_) sum += answer;
  return sum / kAnswers;
}
