// Draws a curve on the host's terminal, a line of text for each value.

#pragma once

#include <cstring>

#include "bare.h"

namespace drawing {

constexpr int kSteps = 24;
constexpr float kStep = 6.2831853F / kSteps;  // Of a whole turn.
constexpr int kHalf = 20;                     // How many characters 1 is.

// Draws `value`, from -1 to 1.
inline void draw(float value) {
  char line[2 * kHalf + 2];
  std::memset(line, ' ', sizeof line);
  const int place = kHalf + static_cast<int>(value * kHalf + (value < 0 ? -0.5F : 0.5F));
  line[kHalf] = '|';
  if (place >= 0 && place <= 2 * kHalf) line[place] = '*';
  line[sizeof line - 1] = '\n';
  bare_write(BARE_OUTPUT, line, sizeof line);
}

}  // namespace drawing
