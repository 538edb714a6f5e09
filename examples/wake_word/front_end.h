// Turns sound into what the model hears: 40 numbers every 10 ms, in whole numbers throughout, without a heap.
//
// It is the front end of microWakeWord's models, written from what is documented of it and held against it: Hann's
// window of 30 ms, a Fourier transform of 512 points, 40 triangular filters on the mel scale from 125 Hz to 7.5 kHz,
// amplitudes less the noise that stays, their gain by how loud it has been (per-channel energy normalisation), and a
// logarithm.
#pragma once

#include <cstddef>
#include <cstdint>

#include "front_end_tables.h"

class FrontEnd {
 public:
  static constexpr size_t kChannels = front_end::kChannels;
  static constexpr size_t kStep = front_end::kRate / 100;

  // Takes the next 10 ms of sound at 16 kHz. Once it has heard 30 ms, fills `features` and returns true. A feature is
  // 64 times the natural logarithm of what is left of a channel's amplitude: from 0 to some 700.
  bool hear(const int16_t (&samples)[kStep], uint16_t (&features)[kChannels]);

  // Forgets all sound.
  void reset();

 private:
  static constexpr size_t kPoints = front_end::kFft / 2;

  void window_sound();
  void transform();
  // Returns the power of a line of the spectrum, in quarters.
  uint64_t power(size_t line) const;
  void filter(uint64_t (&sums)[kChannels]) const;
  uint16_t feature(size_t channel, uint32_t amplitude);

  int16_t heard_[front_end::kWindow] = {};
  uint16_t length_ = 0;
  // Amplitude of each channel's noise, in parts of 1024.
  uint32_t noise_[kChannels] = {};
  // Two real samples a point, then their spectrum, in parts of 64.
  int32_t real_[kPoints] = {};
  int32_t imaginary_[kPoints] = {};
};
