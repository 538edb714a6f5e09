// Finds the sound in the bytes of a WAV file. Of many kinds it takes one: a channel of 16-bit samples.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace speech {

struct Wav {
  const uint8_t* samples;  // Little endian, perhaps not aligned.
  size_t count;
  size_t rate;

  // From -1 to 1; 0 behind the end.
  float at(size_t index) const {
    if (index >= count) return 0;
    const auto bits = static_cast<uint16_t>(samples[2 * index] | samples[2 * index + 1] << 8);
    return static_cast<float>(static_cast<int16_t>(bits)) / 32768.0F;
  }
};

// False if these bytes are no such file. A file that is cut short has the samples that are there.
inline bool find_sound(const uint8_t* bytes, size_t size, Wav* wav) {
  const auto number = [bytes](size_t at, size_t length) {
    uint32_t value = 0;
    for (size_t byte = 0; byte < length; ++byte) value |= static_cast<uint32_t>(bytes[at + byte]) << (8 * byte);
    return value;
  };
  if (size < 12 || std::memcmp(bytes, "RIFF", 4) != 0 || std::memcmp(bytes + 8, "WAVE", 4) != 0) return false;
  bool known = false;
  for (size_t at = 12; size - at >= 8;) {
    const size_t length = number(at + 4, 4);
    const size_t left = size - at - 8;
    if (std::memcmp(bytes + at, "fmt ", 4) == 0 && length >= 16 && length <= left) {
      known = number(at + 8, 2) == 1 && number(at + 10, 2) == 1 && number(at + 22, 2) == 16;
      wav->rate = number(at + 12, 4);
    } else if (std::memcmp(bytes + at, "data", 4) == 0) {
      wav->samples = bytes + at + 8;
      wav->count = (length < left ? length : left) / 2;
      return known;
    }
    const size_t whole = length + length % 2;  // Chunks begin at even places.
    if (whole > left) return false;
    at += 8 + whole;
  }
  return false;
}

}  // namespace speech
