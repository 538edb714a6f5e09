// How likely a window of sound holds speech, by the program `speech`. Holds what goes from one window to the next: the
// network's state, and the last samples. Knows nothing of files.

#pragma once

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>

#include <cstddef>
#include <optional>

namespace speech {

constexpr size_t kRate = 16000;  // Samples a second.
constexpr size_t kWindow = 512;  // Samples that a call takes.
constexpr size_t kContext = 64;  // Samples before them that the network is given once more.
constexpr size_t kState = 256;

// There can be one at a time: its method lives in the image's static memory.
class Detector final {
 public:
  Detector();

  // Loads the method. To be called once, before hear().
  executorch::runtime::Error load();

  // Takes the next kWindow samples, from -1 to 1, and gives the probability that somebody speaks.
  executorch::runtime::Result<float> hear(const float* samples);

  // Forgets what it has heard, for another recording.
  void forget();

 private:
  executorch::extension::BufferDataLoader loader_;
  std::optional<executorch::runtime::Program> program_;
  std::optional<executorch::runtime::Method> method_;
  float samples_[kContext + kWindow] = {};
  float state_[kState] = {};
};

}  // namespace speech
