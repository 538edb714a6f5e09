// Draws a curve on the terminal, a line of text for each value; of a board, on its host's.

#pragma once

#include <cstring>

#if __has_include("bare.h")
#include "bare.h"
#else
#include <cstdio>
#endif

namespace drawing {

constexpr int kSteps = 24;
constexpr float kStep = 6.2831853F / kSteps;  // Of a whole turn.
constexpr int kHalf = 20;                     // How many characters 1 is.

inline void write(const char* text, size_t size) {
#if __has_include("bare.h")
  bare_write(BARE_OUTPUT, text, size);
#else
  std::fwrite(text, 1, size, stdout);
#endif
}

// Draws `value`, from -1 to 1.
inline void draw(float value) {
  char line[2 * kHalf + 2];
  std::memset(line, ' ', sizeof line);
  const auto place = static_cast<int>((2 * (value + 1) * kHalf + 1) / 2);
  line[kHalf] = '|';
  if (place >= 0 && place <= 2 * kHalf) line[place] = '*';
  line[sizeof line - 1] = '\n';
  write(line, sizeof line);
}

}  // namespace drawing
