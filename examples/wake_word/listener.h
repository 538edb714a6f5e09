// Hears "okay nabu": asks the model every 30 ms about the last 1.6 s, and believes it after several answers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "front_end.h"

class Listener {
 public:
  // What the model's authors ask for: five answers, 850 on average. Answers are in parts of 1000.
  static constexpr size_t kAnswers = 5;
  static constexpr unsigned kEnough = 850;

  // Makes the model ready, and the listener as if it had been quiet; false if the image lacks one of the model's
  // kernels. One listener can be in use at a time.
  bool begin();

  // Takes the next 10 ms of sound at 16 kHz. True every 30 ms, when the model has answered.
  bool hear(const int16_t (&samples)[FrontEnd::kStep]);

  // Whether with this answer the words were heard: once, until the answers fall again.
  bool heard() const { return heard_ && !heard_before_; }

  // The model's last answer, and the average of the last five.
  unsigned probability() const { return answers_[latest_]; }
  unsigned average() const { return sum() / kAnswers; }

 private:
  // The first layer sees the last 5 features of each channel, and turns them into 64 numbers; the others see the last
  // 53 of each of these.
  static constexpr size_t kStride = 3, kFrames = 5, kWidth = 64, kSteps = 53;

  bool take_step();
  unsigned sum() const;

  FrontEnd front_end_;
  // As the model takes them: int8, what belongs to a moment side by side.
  int8_t frames_[kFrames][FrontEnd::kChannels] = {};
  int8_t steps_[kSteps][kWidth] = {};
  uint16_t answers_[kAnswers] = {};
  uint8_t latest_ = 0;
  uint8_t waiting_ = 0;  // Features since the model was asked.
  bool heard_ = false;
  bool heard_before_ = false;
};
