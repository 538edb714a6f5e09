// Hears "okay nabu": keeps 1.6 s of features, asks the model every 30 ms, and believes it after several answers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "front_end.h"

class Listener {
 public:
  static constexpr size_t kFrames = 161;
  static constexpr size_t kStride = 3;
  // What the model's authors ask for: five answers, 0.85 on average.
  static constexpr size_t kAnswers = 5;
  static constexpr float kEnough = 0.85F;

  // Makes the model ready; false if the image lacks one of its kernels. There can be one listener at a time.
  bool begin();

  // Takes the next 10 ms of sound at 16 kHz. True every 30 ms, when the model has answered.
  bool hear(const int16_t (&samples)[FrontEnd::kStep]);

  // Whether with this answer the words were heard: once, until the answers fall again.
  bool heard() const { return heard_ && !heard_before_; }

  // The model's last answer, and the average of the last five.
  float probability() const { return answers_[latest_]; }
  float average() const;

  // Asks the model about a window of its own: [channel][frame], oldest first. False if it fails.
  bool ask(const float* window, float* probability);

 private:
  FrontEnd front_end_;
  uint16_t features_[FrontEnd::kChannels] = {};
  float window_[FrontEnd::kChannels][kFrames] = {};
  float answers_[kAnswers] = {};
  uint8_t latest_ = 0;
  uint8_t frames_ = 0;  // Since the model was asked.
  bool heard_ = false;
  bool heard_before_ = false;
};
