// Window after window, each with the state that the device itself has made, the probabilities are those of Silero's own
// package in eager mode, and the segments are the same.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "programs.h"
#include "runtime/testing/check.h"
#include "speech_detector.h"
#include "speech_segments.h"
#include "wav.h"

namespace {

namespace files = programs::files;
using executorch::runtime::Error;

constexpr float kTolerance = 1e-4F;

template <typename T>
T value_at(const uint8_t* bytes, size_t index) {
  T value;
  std::memcpy(&value, bytes + index * sizeof value, sizeof value);
  return value;
}

// Holds segments against the package's, in order.
struct Expected {
  size_t next = 0;

  void expect(const std::optional<speech::Segment>& segment) {
    if (!segment) return;
    CHECK(next < files::segments_i32::size / 8);
    CHECK(segment->begin == static_cast<size_t>(value_at<int32_t>(files::segments_i32::data, 2 * next)));
    CHECK(segment->end == static_cast<size_t>(value_at<int32_t>(files::segments_i32::data, 2 * next + 1)));
    ++next;
  }
};

speech::Detector& detector() {
  static speech::Detector one;
  static const bool loaded = one.load() == Error::Ok;
  CHECK(loaded);
  return one;
}

float hear(speech::Detector& by, const speech::Wav& wav, size_t window) {
  float samples[speech::kWindow];
  for (size_t at = 0; at < speech::kWindow; ++at) samples[at] = wav.at(window * speech::kWindow + at);
  const auto probability = by.hear(samples);
  CHECK(probability.ok());
  return probability.ok() ? *probability : NAN;
}

}  // namespace

TEST(the_recording_is_heard_as_the_package_hears_it) {
  speech::Wav wav = {};
  CHECK(speech::find_sound(files::clip_wav::data, files::clip_wav::size, &wav) && wav.rate == speech::kRate);
  CHECK(wav.count / speech::kWindow == files::probabilities_f32::size / sizeof(float));
  detector().forget();
  speech::Segments segments;
  Expected expected;
  float worst = 0;
  for (size_t window = 0; window < wav.count / speech::kWindow; ++window) {
    const float probability = hear(detector(), wav, window);
    worst = std::max(worst, std::fabs(probability - value_at<float>(files::probabilities_f32::data, window)));
    expected.expect(segments.add(probability, speech::kWindow));
  }
  expected.expect(segments.finish());
  std::printf("largest error of a probability %.2g (allowed %g), %zu segments\n", static_cast<double>(worst),
              static_cast<double>(kTolerance), expected.next);
  CHECK(worst <= kTolerance);
  CHECK(expected.next == files::segments_i32::size / 8);
}

TEST(what_was_heard_matters_until_it_is_forgotten) {
  speech::Wav wav = {};
  CHECK(speech::find_sound(files::clip_wav::data, files::clip_wav::size, &wav));
  detector().forget();
  const float first = hear(detector(), wav, 0);
  CHECK(hear(detector(), wav, 0) != first);
  detector().forget();
  CHECK(hear(detector(), wav, 0) == first);
}

TEST(what_is_no_such_recording_is_refused) {
  speech::Wav wav = {};
  CHECK(!speech::find_sound(files::clip_wav::data, 40, &wav));  // Ends before its samples.
  CHECK(!speech::find_sound(files::clip_wav::data + 1, files::clip_wav::size - 1, &wav));
  uint8_t stereo[64];
  std::memcpy(stereo, files::clip_wav::data, sizeof stereo);
  stereo[22] = 2;
  CHECK(!speech::find_sound(stereo, sizeof stereo, &wav));
  std::memcpy(stereo, files::clip_wav::data, sizeof stereo);
  CHECK(speech::find_sound(stereo, sizeof stereo, &wav) && wav.count == 10);
}

TEST(a_short_sound_is_no_speech_and_a_short_pause_no_end) {
  speech::Segments segments;
  const auto add = [&segments](float probability, int windows) {
    std::optional<speech::Segment> found;
    for (int at = 0; at < windows; ++at) {
      const auto one = segments.add(probability, speech::kWindow);
      if (one) found = one;
    }
    return found;
  };
  CHECK(!add(0.9F, 7) && !add(0.1F, 8));                                    // 3,584 samples
  CHECK(!add(0.9F, 5) && !add(0.1F, 4) && !add(0.9F, 5) && !add(0.4F, 9));  // neither speech nor silence
  const auto found = add(0.1F, 5);
  CHECK(found && found->begin == 15 * 512 - 480 && found->end == 38 * 512 + 480);
  CHECK(!segments.finish());
}

TEST_MAIN()
