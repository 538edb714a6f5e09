#include "front_end.h"

#include <cstring>

namespace {

using front_end::kFft;
using front_end::kLogBits;
using front_end::kSineBits;
using front_end::kTableBits;
using front_end::kWindow;
using front_end::kWindowBits;

constexpr front_end::Tables kTables;

// Bits behind the point of samples and spectrum; a full-scale tone's line has 23 in front of it.
constexpr int kSpectrumBits = 6;
constexpr int kPowerBits = 2;
constexpr int kNoiseBits = 10;
constexpr uint32_t kLoudest = (uint32_t{1} << (32 - kNoiseBits)) - 1;

// How fast the noise follows a channel's amplitude, in parts of 2^14: 0.025, and 0.06 for odd channels.
constexpr int kRateBits = 14;
constexpr uint32_t kRates[2] = {410, 983};
// What stays of a channel at least: 0.05, in parts of 2^14.
constexpr uint32_t kLeast = 819;

// Gain is 64 * (noise + 80) ^ -0.95.
constexpr uint64_t kOffset = uint64_t{80} << kNoiseBits;
constexpr int64_t kStrength = 62259;  // 0.95, in parts of 2^16.
constexpr int64_t kGain = int64_t{6} << kLogBits;
// Below 128 what is gained is squared, x * x / 256; above it is x - 64.
constexpr uint32_t kKnee = 128, kBend = 64;
constexpr uint64_t kScaledLog2 = 2907270;  // 64 * ln 2, in parts of 2^16.

// Returns log2(x) in parts of 2^16, for x from 1.
int64_t log2(uint64_t x) {
  int whole = 63;
  while ((x >> whole) == 0) --whole;
  const uint64_t part = (x << (63 - whole)) << 1;  // What follows the leading bit.
  const auto index = static_cast<size_t>(part >> (64 - kTableBits));
  const auto rest = static_cast<uint32_t>(part << kTableBits >> 48);
  const uint32_t low = kTables.logs[index], high = kTables.logs[index + 1];
  return (int64_t{whole} << kLogBits) + low + ((uint64_t{high - low} * rest) >> 16);
}

// Returns x * 2^exponent with 8 bits behind the point; the exponent is in parts of 2^16.
uint64_t times_power(uint64_t x, int64_t exponent) {
  const auto whole = static_cast<int>(exponent >> kLogBits);
  const auto part = static_cast<uint32_t>(exponent & ((1 << kLogBits) - 1));
  const size_t index = part >> (kLogBits - kTableBits);
  const uint32_t rest = part & ((1U << (kLogBits - kTableBits)) - 1);
  const uint32_t low = kTables.powers[index], high = kTables.powers[index + 1];
  const uint32_t power = low + (((high - low) * rest) >> (kLogBits - kTableBits));
  const int shift = kLogBits - 8 - whole;
  return shift >= 0 ? (x * power) >> shift : (x * power) << -shift;
}

// Returns the whole part of a square root.
uint32_t square_root(uint64_t x) {
  uint64_t root = 0;
  for (uint64_t bit = uint64_t{1} << 31; bit != 0; bit >>= 1) {
    if ((root + bit) * (root + bit) <= x) root += bit;
  }
  return static_cast<uint32_t>(root);
}

int32_t product(int32_t value, int32_t factor) {
  return static_cast<int32_t>((int64_t{value} * factor + (1 << (kSineBits - 1))) >> kSineBits);
}

size_t reversed(size_t index, size_t length) {
  size_t back = 0;
  for (size_t bit = 1; bit < length; bit <<= 1, index >>= 1) back = (back << 1) | (index & 1);
  return back;
}

}  // namespace

bool FrontEnd::hear(const int16_t (&samples)[kStep], uint16_t (&features)[kChannels]) {
  std::memmove(heard_, heard_ + kStep, (kWindow - kStep) * sizeof(int16_t));
  std::memcpy(heard_ + kWindow - kStep, samples, sizeof(samples));
  if (length_ < kWindow) length_ += kStep;
  if (length_ < kWindow) return false;
  window_sound();
  transform();
  uint64_t sums[kChannels] = {};
  filter(sums);
  for (size_t channel = 0; channel < kChannels; ++channel) {
    const uint32_t amplitude = square_root(sums[channel] >> (front_end::kWeightBits + kPowerBits));
    features[channel] = feature(channel, amplitude < kLoudest ? amplitude : kLoudest);
  }
  return true;
}

// What the transform works on begins with each window.
void FrontEnd::reset() {
  std::memset(heard_, 0, sizeof heard_);
  std::memset(noise_, 0, sizeof noise_);
  length_ = 0;
}

// Puts even samples where real parts are, odd ones where imaginary parts are, in the order in which `transform` starts.
void FrontEnd::window_sound() {
  for (size_t point = 0; point < kPoints; ++point) {
    int32_t pair[2] = {};
    for (size_t odd = 0; odd < 2; ++odd) {
      const size_t index = 2 * point + odd;
      if (index >= kWindow) continue;
      const int32_t weight = kTables.window[index < kWindow / 2 ? index : kWindow - 1 - index];
      pair[odd] = (heard_[index] * weight) >> kWindowBits;
    }
    const size_t place = reversed(point, kPoints);
    real_[place] = pair[0] * (1 << kSpectrumBits);
    imaginary_[place] = pair[1] * (1 << kSpectrumBits);
  }
}

// Cooley and Tukey's transform, in place.
void FrontEnd::transform() {
  for (size_t half = 1; half < kPoints; half *= 2) {
    const size_t turn = kFft / (2 * half);
    for (size_t offset = 0; offset < half; ++offset) {
      const int32_t sine = kTables.sines[offset * turn], cosine = kTables.sines[offset * turn + kFft / 4];
      for (size_t low = offset; low < kPoints; low += 2 * half) {
        const size_t high = low + half;
        const int32_t real = product(real_[high], cosine) + product(imaginary_[high], sine);
        const int32_t imaginary = product(imaginary_[high], cosine) - product(real_[high], sine);
        real_[high] = real_[low] - real;
        imaginary_[high] = imaginary_[low] - imaginary;
        real_[low] += real;
        imaginary_[low] += imaginary;
      }
    }
  }
}

uint64_t FrontEnd::power(size_t line) const {
  // The spectra of even and odd samples are the even and odd parts of what was transformed.
  const size_t low = line % kPoints, high = (kPoints - line) % kPoints;
  const int32_t even_real = (real_[low] + real_[high]) / 2, even_imaginary = (imaginary_[low] - imaginary_[high]) / 2;
  const int32_t odd_real = (imaginary_[low] + imaginary_[high]) / 2, odd_imaginary = (real_[high] - real_[low]) / 2;
  const int32_t sine = kTables.sines[line], cosine = kTables.sines[line + kFft / 4];
  const int64_t real = even_real + product(odd_real, cosine) + product(odd_imaginary, sine);
  const int64_t imaginary = even_imaginary + product(odd_imaginary, cosine) - product(odd_real, sine);
  return static_cast<uint64_t>(real * real + imaginary * imaginary) >> (2 * kSpectrumBits - kPowerBits);
}

// A line counts for the filters whose middles are next to it, in all as 1.
void FrontEnd::filter(uint64_t (&sums)[kChannels]) const {
  for (size_t line = kTables.first_line; line < kTables.end_line; ++line) {
    const uint64_t whole = power(line);
    const uint64_t part = whole * kTables.weight[line];
    const size_t upper = kTables.upper[line];
    if (upper < kChannels) sums[upper] += part;
    if (upper > 0) sums[upper - 1] += (whole << front_end::kWeightBits) - part;
  }
}

uint16_t FrontEnd::feature(size_t channel, uint32_t amplitude) {
  const uint32_t rate = kRates[channel % 2];
  const uint64_t scaled = uint64_t{amplitude} << kNoiseBits;
  noise_[channel] =
      static_cast<uint32_t>((scaled * rate + uint64_t{noise_[channel]} * ((1U << kRateBits) - rate)) >> kRateBits);
  const uint64_t least = (scaled * kLeast) >> kRateBits;
  const uint64_t signal = scaled > noise_[channel] + least ? scaled - noise_[channel] : least;
  const int64_t loudness = log2(noise_[channel] + kOffset) - (int64_t{kNoiseBits} << kLogBits);
  const uint64_t gained = times_power(signal >> kNoiseBits, kGain - ((loudness * kStrength) >> 16));
  const uint64_t left = gained < (kKnee << 8) ? (gained * gained) >> 24 : (gained >> 8) - kBend;
  if (left == 0) return 0;
  return static_cast<uint16_t>((static_cast<uint64_t>(log2(8 * left)) * kScaledLog2 + (uint64_t{1} << 31)) >> 32);
}
