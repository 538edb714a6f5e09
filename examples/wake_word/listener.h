// Hears "okay nabu": asks the model every 30 ms about the last 1.6 s, and believes it after several answers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "front_end.h"

class Listener {
 public:
  // What the model's authors ask for: five answers, 0.85 on average.
  static constexpr size_t kAnswers = 5;
  static constexpr float kEnough = 0.85F;

  // Makes the model ready, and the listener as if it had been quiet; false if the image lacks one of the model's
  // kernels. One listener can be in use at a time.
  bool begin();

  // Takes the next 10 ms of sound at 16 kHz. True every 30 ms, when the model has answered.
  bool hear(const int16_t (&samples)[FrontEnd::kStep]);

  // Whether with this answer the words were heard: once, until the answers fall again.
  bool heard() const { return heard_ && !heard_before_; }

  // The model's last answer, and the average of the last five.
  float probability() const { return answers_[latest_]; }
  float average() const;

 private:
  // The first layer sees the last 5 features of each channel, and turns them into 64 numbers; the others see the last
  // 53 of each of these.
  static constexpr size_t kStride = 3, kFrames = 5, kWidth = 64, kSteps = 53;

  FrontEnd front_end_;
  float frames_[FrontEnd::kChannels][kFrames] = {};
  uint16_t steps_[kWidth][kSteps] = {};  // In parts of 2^12: half of the memory that floats would take.
  float answers_[kAnswers] = {};
  uint8_t latest_ = 0;
  uint8_t waiting_ = 0;  // Features since the model was asked.
  bool heard_ = false;
  bool heard_before_ = false;
};
