// Holds the firmware against what it must be: its front end against the published one, its answers against those of
// eager PyTorch with the published one's features, what is heard against what was said.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "listener.h"
#include "programs.h"
#include "runtime/testing/check.h"

namespace {

constexpr size_t kChannels = FrontEnd::kChannels;

// Of features up to 700: how far ours may be off on average, and how many may be off by more than two.
constexpr double kAverage = 1.5;
constexpr double kOff = 0.07;
// How far int8 answers may be from those of eager PyTorch in floats: at most, and on average.
constexpr float kFarthest = 0.1F;
constexpr float kAnswer = 0.01F;

Listener listener;

// Calls `each` for every 10 ms of a recording.
template <typename Each>
void play(const void* recording, size_t size, const Each& each) {
  int16_t samples[FrontEnd::kStep];
  for (size_t at = 0; at + sizeof samples <= size; at += sizeof samples) {
    std::memcpy(samples, static_cast<const uint8_t*>(recording) + at, sizeof samples);
    each(samples);
  }
}

struct Heard {
  size_t times;
  unsigned most;
};

Heard listen(const void* recording, size_t size) {
  Heard heard = {};
  CHECK(listener.begin());
  play(recording, size, [&heard](const int16_t(&samples)[FrontEnd::kStep]) {
    if (!listener.hear(samples)) return;
    heard.times += listener.heard() ? 1 : 0;
    heard.most = std::max(heard.most, listener.average());
  });
  std::printf("heard %u times, at most %u %% sure\n", static_cast<unsigned>(heard.times), heard.most / 10);
  return heard;
}

}  // namespace

TEST(the_front_end_gives_what_the_published_one_gives) {
  const auto* expected = static_cast<const uint8_t*>(programs::files::okay_nabu_features::data);
  const size_t count = programs::files::okay_nabu_features::size / sizeof(uint16_t);
  size_t at = 0, off = 0, sum = 0, present = 0;
  static FrontEnd front_end;
  play(programs::files::okay_nabu_pcm::data, programs::files::okay_nabu_pcm::size,
       [&](const int16_t(&samples)[FrontEnd::kStep]) {
         uint16_t features[kChannels];
         if (!front_end.hear(samples, features)) return;
         for (size_t channel = 0; channel < kChannels && at < count; ++channel, ++at) {
           const int wanted = expected[2 * at] | expected[2 * at + 1] << 8;
           const int distance = std::abs(features[channel] - wanted);
           sum += static_cast<size_t>(distance);
           off += distance > 2 ? 1 : 0;
           present += wanted > 0 ? 1 : 0;
         }
       });
  CHECK(at == count && present > count / 4);
  std::printf("features are off by %d / 1000 on average, %u of %u by more than two\n",
              static_cast<int>(1000 * static_cast<double>(sum) / static_cast<double>(count)),
              static_cast<unsigned>(off), static_cast<unsigned>(count));
  CHECK(static_cast<double>(sum) < kAverage * static_cast<double>(count));
  CHECK(static_cast<double>(off) < kOff * static_cast<double>(count));
}

TEST(answers_are_those_of_eager_pytorch) {
  const auto* expected = static_cast<const uint8_t*>(programs::files::okay_nabu_answers::data);
  const size_t count = programs::files::okay_nabu_answers::size / sizeof(float);
  CHECK(listener.begin());
  size_t at = 0;
  float most = 0, sum = 0, surest = 0;
  play(programs::files::okay_nabu_pcm::data, programs::files::okay_nabu_pcm::size,
       [&](const int16_t(&samples)[FrontEnd::kStep]) {
         if (!listener.hear(samples) || at == count) return;
         float wanted = 0;
         std::memcpy(&wanted, expected + at++ * sizeof wanted, sizeof wanted);
         const float distance = std::fabs(static_cast<float>(listener.probability()) / 1000 - wanted);
         most = std::fmax(most, distance);
         sum += distance;
         surest = std::fmax(surest, wanted);
       });
  std::printf("answers are off by %d / 1000 on average, %d / 1000 at most\n",
              static_cast<int>(1000 * sum / static_cast<float>(count)), static_cast<int>(1000 * most));
  // For the table of a device_bundle.
  std::printf("largest error %lue-9\n", static_cast<unsigned long>(1e9 * static_cast<double>(most)));
  CHECK(at == count && surest * 1000 > Listener::kEnough);
  CHECK(most < kFarthest && sum < kAnswer * static_cast<float>(count));
}

TEST(the_words_are_heard_once) {
  const Heard heard = listen(programs::files::okay_nabu_pcm::data, programs::files::okay_nabu_pcm::size);
  CHECK(heard.times == 1);
}

TEST(other_words_are_not_heard) {
  const Heard heard = listen(programs::files::other_words_pcm::data, programs::files::other_words_pcm::size);
  CHECK(heard.times == 0 && heard.most < 500);
}

TEST_MAIN()
