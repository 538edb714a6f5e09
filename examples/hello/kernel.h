// A fully connected layer in 8 bits: whole numbers only, so every processor gives the same bytes. No heap.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hello {

// Returns the sum of left[i] * right[i]. It is made of the vector instructions that a platform has:
// dot_mve.cpp, dot_neon.cpp, else dot.cpp. `count` is at most 65536.
std::int32_t dot(const std::int8_t* left, const std::int8_t* right, std::size_t count);

// What turns a sum into an output: (sum * multiplier) / 2^(31 + shift), rounded to the nearest, halves upward.
struct Scale {
  std::int32_t multiplier;
  int shift;
};

// Writes for each row: dot(weights of the row, input) + bias, scaled, within [-128, 127].
void fully_connected(const std::int8_t* weights, const std::int32_t* bias, const std::int8_t* input, std::size_t rows,
                     std::size_t columns, Scale scale, std::int8_t* output);

}  // namespace hello
