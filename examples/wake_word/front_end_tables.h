// Tables of the front end, which the compiler computes: window, sines, mel filters, logarithms. Knows no sound.
#pragma once

#include <cstddef>
#include <cstdint>

namespace front_end {

constexpr size_t kRate = 16000, kWindow = 480, kFft = 512, kChannels = 40;
constexpr double kLowest = 125.0, kHighest = 7500.0;  // Hz, where the first filter begins and the last one ends.
constexpr int kWindowBits = 15, kSineBits = 14, kWeightBits = 12;
constexpr int kTableBits = 6, kLogBits = 16;
constexpr size_t kSteps = size_t{1} << kTableBits;
constexpr double kPi = 3.14159265358979323846;

// Sine of an angle of at most 2 pi, by its series about 0.
constexpr double sine(double angle) {
  if (angle > kPi) return -sine(angle - kPi);
  if (angle > kPi / 2) return sine(kPi - angle);
  double term = angle, sum = angle;
  for (int n = 2; n < 24; n += 2) {
    term *= -angle * angle / (n * (n + 1));
    sum += term;
  }
  return sum;
}

// Natural logarithm of a number from 1 up.
constexpr double natural_log(double x) {
  double whole = 0;
  while (x > 2) {
    x /= 2;
    whole += 0.69314718055994530942;
  }
  const double ratio = (x - 1) / (x + 1);
  double power = ratio, sum = 0;
  for (int n = 1; n < 60; n += 2, power *= ratio * ratio) sum += 2 * power / n;
  return whole + sum;
}

// 2 to a power from 0 to 1.
constexpr double power_of_two(double x) {
  const double exponent = x * 0.69314718055994530942;
  double term = 1, sum = 1;
  for (int n = 1; n < 20; ++n) {
    term *= exponent / n;
    sum += term;
  }
  return sum;
}

constexpr int32_t rounded(double x) { return static_cast<int32_t>(x + (x < 0 ? -0.5 : 0.5)); }

constexpr double mel(double frequency) { return 1127.0 * natural_log(1.0 + frequency / 700.0); }

struct Tables {
  // The first half of Hann's window; the other half mirrors it.
  uint16_t window[kWindow / 2] = {};
  // sin(2 pi k / 512); cosines are found a quarter behind.
  int16_t sines[kFft / 2 + kFft / 4 + 1] = {};
  // Of each line of the spectrum: between which filters' middles it lies, and how much the upper one takes of it.
  uint8_t upper[kFft / 2 + 1] = {};
  uint16_t weight[kFft / 2 + 1] = {};
  size_t first_line = 0, end_line = 0;
  // log2(1 + k / 64) and 2^(k / 64).
  uint32_t logs[kSteps + 1] = {};
  uint32_t powers[kSteps + 1] = {};

  constexpr Tables() {
    for (size_t i = 0; i < kWindow / 2; ++i) {
      const double half = sine(kPi * (static_cast<double>(i) + 0.5) / kWindow);
      window[i] = static_cast<uint16_t>(rounded(half * half * (1 << kWindowBits)));
    }
    for (size_t k = 0; k < kFft / 2 + kFft / 4 + 1; ++k) {
      sines[k] = static_cast<int16_t>(rounded(sine(2 * kPi * static_cast<double>(k) / kFft) * (1 << kSineBits)));
    }
    for (size_t k = 0; k <= kSteps; ++k) {
      const double part = static_cast<double>(k) / kSteps;
      logs[k] = static_cast<uint32_t>(rounded(natural_log(1 + part) / natural_log(2) * (1 << kLogBits)));
      powers[k] = static_cast<uint32_t>(rounded(power_of_two(part) * (1 << kLogBits)));
    }
    make_filters();
  }

  constexpr void make_filters() {
    const double low = mel(kLowest), spacing = (mel(kHighest) - low) / (kChannels + 1);
    for (size_t k = 0; k <= kFft / 2; ++k) {
      const double place = (mel(static_cast<double>(k * kRate) / kFft) - low) / spacing;
      if (place < 0 || place >= kChannels + 1) continue;
      if (end_line == 0) first_line = k;
      end_line = k + 1;
      upper[k] = static_cast<uint8_t>(place);
      weight[k] = static_cast<uint16_t>(rounded((place - upper[k]) * (1 << kWeightBits)));
    }
  }
};

}  // namespace front_end
