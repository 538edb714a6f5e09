// Pictures: a portable pixmap to pixels, pixels to what a classifier takes. Knows no classifier.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

struct Picture {
  size_t width = 0;
  size_t height = 0;
  // Red, green, blue of each pixel, row by row: 3 * width * height, each from 0 to 255.
  std::vector<uint8_t> pixels;
};

// Reads a binary portable pixmap ("P6", 8 bits a colour). False if it is none; then `*error` says why in one line.
bool read_ppm(const void* data, size_t size, Picture* picture, std::string* error);

// Returns the middle square of a picture, scaled to `side` by `side`: [3, side, side], red before green before blue,
// each from 0 to 255. What is made smaller is smoothed: a triangle as wide as the pixels that become one, as Pillow's
// BILINEAR.
std::vector<float> middle_square(const Picture& picture, size_t side);
