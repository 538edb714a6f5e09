#include "picture.h"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace {

constexpr size_t kMostPixels = size_t{1} << 28;
constexpr size_t kColours = 3;

// Reads the numbers of a pixmap's header: text, spaces and comments between them.
class Header {
 public:
  Header(const uint8_t* data, size_t size) : at_(data), end_(data + size) {}

  // The next number, 0 if there is none or it is too large for a picture.
  size_t number() {
    while (at_ < end_ && (std::isspace(*at_) != 0 || *at_ == '#')) {
      if (*at_ == '#') at_ = std::find(at_, end_, uint8_t{'\n'});
      if (at_ < end_) ++at_;
    }
    size_t value = 0;
    for (; at_ < end_ && std::isdigit(*at_) != 0; ++at_) {
      value = value * 10 + (*at_ - uint8_t{'0'});
      if (value > kMostPixels) return 0;
    }
    return value;
  }

  // Where the pixels begin: one space behind the last number.
  const uint8_t* pixels() const { return at_ < end_ ? at_ + 1 : end_; }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
};

// What share of which pixels makes one.
struct Share {
  size_t first = 0;
  std::vector<float> weights;
};

// The shares of `count` pixels along a line of `length` that begins at `from`.
std::vector<Share> shares(double from, double length, size_t limit, size_t count) {
  const double scale = length / static_cast<double>(count);
  const double reach = std::max(scale, 1.0);
  std::vector<Share> all(count);
  for (size_t index = 0; index < count; ++index) {
    const double middle = from + (static_cast<double>(index) + 0.5) * scale;
    const auto first = static_cast<size_t>(std::max(std::lround(middle - reach), 0L));
    const auto end = std::min(static_cast<size_t>(std::lround(middle + reach)), limit);
    float sum = 0;
    all[index].first = first;
    for (size_t at = first; at < end; ++at) {
      const double distance = std::fabs(static_cast<double>(at) + 0.5 - middle) / reach;
      const auto weight = static_cast<float>(std::max(1.0 - distance, 0.0));
      all[index].weights.push_back(weight);
      sum += weight;
    }
    for (float& weight : all[index].weights) weight /= sum;
  }
  return all;
}

}  // namespace

bool read_ppm(const void* data, size_t size, Picture* picture, std::string* error) {
  const auto* bytes = static_cast<const uint8_t*>(data);
  if (size < 2 || bytes[0] != 'P' || bytes[1] != '6') return *error = "must be a binary portable pixmap: P6", false;
  Header header(bytes + 2, size - 2);
  picture->width = header.number();
  picture->height = header.number();
  const size_t most = header.number();
  if (picture->width == 0 || picture->height == 0 || picture->width > kMostPixels / picture->height || most != 255) {
    return *error = "must give a width, a height and 255 in its header", false;
  }
  const size_t wanted = picture->width * picture->height * kColours;
  const auto held = static_cast<size_t>(bytes + size - header.pixels());
  if (held < wanted) {
    return *error = "must have " + std::to_string(wanted) + " bytes of pixels, has " + std::to_string(held), false;
  }
  picture->pixels.assign(header.pixels(), header.pixels() + wanted);
  return true;
}

std::vector<float> middle_square(const Picture& picture, size_t side) {
  const size_t length = std::min(picture.width, picture.height);
  const auto start = [length](size_t whole) { return static_cast<double>(whole - length) / 2; };
  const std::vector<Share> across = shares(start(picture.width), static_cast<double>(length), picture.width, side);
  const std::vector<Share> down = shares(start(picture.height), static_cast<double>(length), picture.height, side);
  // Rows of the picture are scaled first, then what became of them down each column.
  std::vector<float> rows(picture.height * side * kColours);
  for (size_t row = 0; row < picture.height; ++row) {
    for (size_t column = 0; column < side; ++column) {
      const Share& share = across[column];
      const uint8_t* from = &picture.pixels[(row * picture.width + share.first) * kColours];
      float* to = &rows[(row * side + column) * kColours];
      for (size_t at = 0; at < share.weights.size() * kColours; ++at) {
        to[at % kColours] += share.weights[at / kColours] * static_cast<float>(from[at]);
      }
    }
  }
  std::vector<float> square(kColours * side * side);
  for (size_t colour = 0; colour < kColours; ++colour) {
    for (size_t at = 0; at < side * side; ++at) {
      const Share& share = down[at / side];
      float sum = 0;
      for (size_t row = 0; row < share.weights.size(); ++row) {
        sum += share.weights[row] * rows[((share.first + row) * side + at % side) * kColours + colour];
      }
      square[colour * side * side + at] = sum;
    }
  }
  return square;
}
