#include "listener.h"

#include <algorithm>
#include <cstring>

#include "kernels.h"
#include "programs.h"

namespace {

using etbuild::CompiledMethod;
using etbuild::CompiledPlan;
using executorch::runtime::Error;

const CompiledPlan& kFirst = programs::first_int8::forward::plan;
const CompiledPlan& kRest = programs::rest_int8::forward::plan;

// What the model takes for 1 of the front end's features.
constexpr float kScale = 0.0390625F;

constexpr float kParts = 4096.0F;

// Forgets the oldest number of a row, and makes room for a new one.
template <typename T, size_t N>
T& next(T (&row)[N]) {
  std::memmove(row, row + 1, (N - 1) * sizeof(T));
  return row[N - 1];
}

uint16_t packed(float value) { return static_cast<uint16_t>(std::min(value * kParts + 0.5F, 65535.0F)); }

// Where the plan has the only input of its method: written there, it need not be given.
float* input_of(const CompiledPlan& plan) {
  const auto& input = plan.values[plan.inputs[0].value];
  return static_cast<float*>(plan.tensors[input.index].data);
}

// Runs a method on its input; returns what it gives, null if it fails.
const float* run(const CompiledPlan& plan) {
  CompiledMethod method(plan);
  return method.execute() == Error::Ok ? method.get_output(0).toTensor().const_data_ptr<float>() : nullptr;
}

}  // namespace

bool Listener::begin() {
  front_end_.reset();
  std::memset(frames_, 0, sizeof frames_);
  std::memset(answers_, 0, sizeof answers_);
  latest_ = waiting_ = 0;
  heard_ = heard_before_ = false;
  if (CompiledMethod::load(kFirst, programs::kernels()) != Error::Ok) return false;
  if (CompiledMethod::load(kRest, programs::kernels()) != Error::Ok) return false;
  std::memset(input_of(kFirst), 0, sizeof frames_);
  const float* quiet = run(kFirst);
  if (quiet == nullptr) return false;
  for (size_t row = 0; row < kWidth; ++row) std::fill_n(steps_[row], kSteps, packed(quiet[row]));
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
  std::memcpy(input_of(kFirst), frames_, sizeof frames_);
  const float* step = run(kFirst);
  if (step == nullptr) return false;
  for (size_t row = 0; row < kWidth; ++row) next(steps_[row]) = packed(step[row]);
  const uint16_t* steps = steps_[0];
  std::transform(steps, steps + kWidth * kSteps, input_of(kRest), [](uint16_t each) { return each / kParts; });
  const float* answer = run(kRest);
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
