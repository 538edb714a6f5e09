#include "front_end.h"

#include <cmath>
#include <cstdlib>

#include "runtime/testing/check.h"

namespace {

constexpr size_t kChannels = FrontEnd::kChannels;
constexpr double kPi = 3.14159265358979323846;

// Lets a front end hear sound(n) for the n-th sample of `steps` steps; `features` are the last it gives.
template <typename Sound>
void hear(FrontEnd& front_end, size_t steps, const Sound& sound, uint16_t (&features)[kChannels]) {
  int16_t samples[FrontEnd::kStep];
  for (size_t step = 0; step < steps; ++step) {
    for (size_t at = 0; at < FrontEnd::kStep; ++at) samples[at] = sound(step * FrontEnd::kStep + at);
    front_end.hear(samples, features);
  }
}

int16_t tone(size_t sample, double frequency, double loudness) {
  return static_cast<int16_t>(loudness * std::sin(2 * kPi * frequency * static_cast<double>(sample) / 16000));
}

size_t loudest(const uint16_t (&features)[kChannels]) {
  size_t best = 0;
  for (size_t channel = 1; channel < kChannels; ++channel) {
    if (features[channel] > features[best]) best = channel;
  }
  return best;
}

// One of two that have heard nothing. They are too large for a board's stack.
FrontEnd& new_front_end(size_t which = 0) {
  static FrontEnd all[2];
  all[which].reset();
  return all[which];
}

}  // namespace

TEST(features_come_once_a_window_was_heard) {
  FrontEnd& front_end = new_front_end();
  const int16_t samples[FrontEnd::kStep] = {};
  uint16_t features[kChannels];
  CHECK(!front_end.hear(samples, features));
  CHECK(!front_end.hear(samples, features));
  CHECK(front_end.hear(samples, features));
  CHECK(front_end.hear(samples, features));
  front_end.reset();
  CHECK(!front_end.hear(samples, features));
}

TEST(silence_has_no_features) {
  FrontEnd& front_end = new_front_end();
  uint16_t features[kChannels];
  hear(
      front_end, 5, [](size_t) { return int16_t{0}; }, features);
  for (const uint16_t feature : features) CHECK(feature == 0);
}

// The middle of filter c lies c + 1 of 41 parts of the way from 125 Hz to 7.5 kHz, in mel.
TEST(a_tone_is_loudest_in_the_channel_around_it) {
  const double low = std::log1p(125.0 / 700), high = std::log1p(7500.0 / 700);
  for (size_t channel = 0; channel < kChannels; ++channel) {
    const double middle = 700 * std::expm1(low + (high - low) * static_cast<double>(channel + 1) / 41);
    FrontEnd& front_end = new_front_end();
    uint16_t features[kChannels];
    hear(
        front_end, 3, [middle](size_t sample) { return tone(sample, middle, 1000); }, features);
    // Noise is taken off odd channels faster, so that a neighbour may come out ahead.
    CHECK(std::labs(static_cast<long>(loudest(features)) - static_cast<long>(channel)) <= 1);
    CHECK(features[channel] > 500);
  }
}

TEST(what_stays_the_same_becomes_noise_and_goes) {
  FrontEnd& front_end = new_front_end();
  uint16_t features[kChannels];
  const auto hum = [](size_t sample) { return tone(sample, 1000, 3000); };
  hear(front_end, 3, hum, features);
  CHECK(features[loudest(features)] > 600);
  hear(front_end, 200, hum, features);
  CHECK(features[loudest(features)] < 200);
}

TEST(a_word_twice_as_loud_differs_little) {
  constexpr double kLoudness[] = {500, 2000, 8000};
  for (const double loudness : kLoudness) {
    uint16_t quiet[kChannels], loud[kChannels];
    FrontEnd& first = new_front_end(0);
    FrontEnd& second = new_front_end(1);
    hear(
        first, 3, [loudness](size_t sample) { return tone(sample, 1000, loudness); }, quiet);
    hear(
        second, 3, [loudness](size_t sample) { return tone(sample, 1000, 2 * loudness); }, loud);
    CHECK(loud[loudest(loud)] >= quiet[loudest(loud)] && loud[loudest(loud)] - quiet[loudest(loud)] < 10);
  }
}

// Under UBSan (-c ubsan) this shows that nothing overflows.
TEST(the_loudest_sounds_there_are_have_features) {
  FrontEnd& front_end = new_front_end();
  uint16_t features[kChannels];
  const auto square = [](size_t sample) { return static_cast<int16_t>(sample / 8 % 2 == 0 ? 32767 : -32768); };
  hear(front_end, 3, square, features);
  CHECK(features[loudest(features)] > 600 && features[loudest(features)] < 1000);
  hear(
      front_end, 3, [](size_t) { return int16_t{-32768}; }, features);
  hear(
      front_end, 3, [](size_t sample) { return tone(sample, 1000, 32767); }, features);
  for (const uint16_t feature : features) CHECK(feature < 1000);
}

TEST_MAIN()
