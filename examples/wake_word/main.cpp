// Listens to a recording that is in flash, as it would to a microphone, and says what it hears. Its exit code is 0 if
// it heard the words. With a word on its command line it prints each of the model's answers, too.
#include <cstdio>

#include "listener.h"
#include "programs.h"

namespace {

// In static memory: most of it is the window that the model looks at.
Listener listener;

// A microphone's driver would wait here for the next 10 ms. False at the end of the recording.
bool record(size_t step, int16_t (&samples)[FrontEnd::kStep]) {
  if ((step + 1) * sizeof(samples) > programs::files::okay_nabu_pcm::size) return false;
  const auto* bytes = static_cast<const uint8_t*>(programs::files::okay_nabu_pcm::data) + step * sizeof(samples);
  for (size_t at = 0; at < FrontEnd::kStep; ++at) {
    samples[at] = static_cast<int16_t>(bytes[2 * at] | bytes[2 * at + 1] << 8);
  }
  return true;
}

}  // namespace

int main(int count, char** /*words*/) {
  if (!listener.begin()) {
    std::printf("the image lacks a kernel of its model\n");
    return 2;
  }
  bool heard = false;
  int16_t samples[FrontEnd::kStep];
  for (size_t step = 0; record(step, samples); ++step) {
    if (!listener.hear(samples)) continue;
    if (count > 1) std::printf("answer %u / 1000\n", listener.probability());
    if (!listener.heard()) continue;
    heard = true;
    const auto time = static_cast<unsigned>(step + 1) * 10;
    std::printf("heard \"okay nabu\" after %u ms, %u %% sure\n", time, listener.probability() / 10);
  }
  if (!heard) std::printf("heard nothing\n");
  return heard ? 0 : 1;
}
