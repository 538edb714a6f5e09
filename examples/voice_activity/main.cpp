// Says when somebody speaks in a WAV file of 16 kHz, or, without a word, in the recording that the image holds.
#include <executorch/runtime/platform/runtime.h>

#include <cstdio>
#include <vector>

#include "programs.h"
#include "speech_detector.h"
#include "speech_segments.h"
#include "wav.h"

namespace {

using speech::Wav;

int refuse(const char* what, const char* why) {
  std::fprintf(stderr, "voice_activity: %s %s\n", what, why);
  return 1;
}

std::vector<uint8_t> read_file(const char* path) {
  std::vector<uint8_t> bytes;
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) return bytes;
  uint8_t block[4096];
  for (size_t count = 0; (count = std::fread(block, 1, sizeof block, file)) > 0;) {
    bytes.insert(bytes.end(), block, block + count);
  }
  std::fclose(file);
  return bytes;
}

void print(const std::optional<speech::Segment>& segment) {
  if (!segment) return;
  const auto seconds = [](size_t samples) { return static_cast<double>(samples) / speech::kRate; };
  std::printf("speech from %6.2f s to %6.2f s\n", seconds(segment->begin), seconds(segment->end));
}

int listen(const Wav& wav) {
  static speech::Detector detector;
  if (detector.load() != executorch::runtime::Error::Ok) return refuse("the program", "cannot be loaded");
  speech::Segments segments;
  for (size_t at = 0; at < wav.count; at += speech::kWindow) {
    float window[speech::kWindow];
    for (size_t index = 0; index < speech::kWindow; ++index) window[index] = wav.at(at + index);
    const auto probability = detector.hear(window);
    if (!probability.ok()) return refuse("the program", "has failed");
    print(segments.add(*probability, std::min(speech::kWindow, wav.count - at)));
  }
  print(segments.finish());
  return 0;
}

}  // namespace

int main(int count, char** words) {
  executorch::runtime::runtime_init();
  namespace clip = programs::files::clip_wav;
  const std::vector<uint8_t> file =
      count > 1 ? read_file(words[1]) : std::vector<uint8_t>(clip::data, clip::data + clip::size);
  Wav wav = {};
  if (!speech::find_sound(file.data(), file.size(), &wav) || wav.rate != speech::kRate) {
    return refuse(count > 1 ? words[1] : "the recording", "must be a WAV file of 16 kHz, one channel, 16 bits");
  }
  return listen(wav);
}
