#include "listener.h"

#include <algorithm>
#include <cstring>

#include "kernels.h"
#include "programs.h"

namespace {

using etbuild::CompiledMethod;
using etbuild::CompiledPlan;
using executorch::runtime::Error;

namespace first = programs::first_int8;
namespace rest = programs::rest_int8;

// Turns whole numbers of one scale into those of another, around `zero`.
class Scale {
 public:
  constexpr Scale(double from, double to, int64_t zero)
      : factor_((static_cast<int64_t>(from / to * (2 << kBits)) + 1) / 2), zero_(zero) {}

  int64_t operator()(int64_t value) const { return ((value * factor_ + (1 << (kBits - 1))) >> kBits) + zero_; }

  int8_t byte(int64_t value) const {
    return static_cast<int8_t>(std::clamp<int64_t>((*this)(value), INT8_MIN, INT8_MAX));
  }

 private:
  static constexpr int kBits = 16;
  int64_t factor_;
  int64_t zero_;
};

// The model takes 0.0390625 for 1 of the front end's features.
constexpr Scale kFeature(0.0390625, first::forward_input0_scale::value, first::forward_input0_zp::value);
constexpr Scale kStep(first::forward_output0_scale::value, rest::forward_input0_scale::value,
                      rest::forward_input0_zp::value);
constexpr Scale kAnswer(rest::forward_output0_scale::value, 0.001, 0);

// Forgets the oldest row, and makes room for a new one.
template <size_t N, size_t M>
int8_t (&next(int8_t (&rows)[N][M]))[M] {
  std::memmove(rows, rows + 1, (N - 1) * M);
  return rows[N - 1];
}

// Runs a method on `input`; returns what it gives, null if it fails.
template <size_t N, size_t M>
const int8_t* run(const CompiledPlan& plan, const int8_t (&input)[N][M]) {
  // Where the plan has the only input of its method: written there, it need not be given.
  const auto& value = plan.values[plan.inputs[0].value];
  std::memcpy(plan.tensors[static_cast<size_t>(value.index)].data, input, sizeof input);
  CompiledMethod method(plan);
  return method.execute() == Error::Ok ? method.get_output(0).toTensor().const_data_ptr<int8_t>() : nullptr;
}

}  // namespace

bool Listener::begin() {
  if (CompiledMethod::load(first::forward::plan, programs::kernels()) != Error::Ok) return false;
  if (CompiledMethod::load(rest::forward::plan, programs::kernels()) != Error::Ok) return false;
  front_end_.reset();
  std::memset(frames_, kFeature.byte(0), sizeof frames_);
  std::memset(answers_, 0, sizeof answers_);
  latest_ = waiting_ = 0;
  heard_ = heard_before_ = false;
  for (size_t step = 0; step < kSteps; ++step) {
    if (!take_step()) return false;
  }
  return true;
}

bool Listener::hear(const int16_t (&samples)[FrontEnd::kStep]) {
  uint16_t features[FrontEnd::kChannels];
  if (!front_end_.hear(samples, features)) return false;
  auto& frame = next(frames_);
  std::transform(features, features + FrontEnd::kChannels, frame, [](uint16_t each) { return kFeature.byte(each); });
  if (++waiting_ < kStride) return false;
  waiting_ = 0;
  if (!take_step()) return false;
  const int8_t* answer = run(rest::forward::plan, steps_);
  if (answer == nullptr) return false;
  latest_ = static_cast<uint8_t>((latest_ + 1) % kAnswers);
  answers_[latest_] = static_cast<uint16_t>(kAnswer(*answer - rest::forward_output0_zp::value));
  heard_before_ = heard_;
  heard_ = sum() > kEnough * kAnswers;
  return true;
}

// Asks the first layer about the last frames, and keeps what it gives as the others take it.
bool Listener::take_step() {
  const int8_t* given = run(first::forward::plan, frames_);
  if (given == nullptr) return false;
  auto& step = next(steps_);
  std::transform(given, given + kWidth, step,
                 [](int8_t each) { return kStep.byte(each - first::forward_output0_zp::value); });
  return true;
}

unsigned Listener::sum() const {
  unsigned sum = 0;
  for (const uint16_t answer : answers_) sum += answer;
  return sum;
}
