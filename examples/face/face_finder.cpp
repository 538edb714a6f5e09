#include "face_finder.h"

#include <algorithm>
#include <cmath>

#include "kernels.h"

namespace face {
namespace {

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Result;
using network::forward;

constexpr float kLikely = 3.476F;  // 0.97. What is less likely, MTCNN's further networks are there to look at again.
constexpr float kOverlap = 0.5F;
constexpr int kPixels = kSize * kSize;

float area(const Face& face) { return (face.right - face.left) * (face.lower - face.upper); }

// How much of what one of them or both cover is covered by both.
float overlap(const Face& one, const Face& other) {
  const float width = std::min(one.right, other.right) - std::max(one.left, other.left);
  const float height = std::min(one.lower, other.lower) - std::max(one.upper, other.upper);
  if (width <= 0 || height <= 0) return 0;
  return width * height / (area(one) + area(other) - width * height);
}

Face face_at(const float* odds, const float* offsets, int cell) {
  const auto side = [offsets, cell](int which, int corner) {
    return static_cast<float>(corner) + kSquare * offsets[which * kCells * kCells + cell];
  };
  const int left = kStep * (cell % kCells);
  const int upper = kStep * (cell / kCells);
  const float probability = 1 / (1 + std::exp(-odds[cell]));
  return {probability, side(0, left), side(1, upper), side(2, left + kSquare), side(3, upper + kSquare)};
}

// Gives the network a picture as it takes it: channels behind each other, values from -1 to 1.
Error give(etbuild::CompiledMethod& method, const uint8_t* picture) {
  static float values[3 * kPixels];
  for (int at = 0; at < 3 * kPixels; ++at) {
    values[at % 3 * kPixels + at / 3] = (static_cast<float>(picture[at]) - 127.5F) / 128.0F;
  }
  int32_t sizes[] = {1, 3, kSize, kSize};
  int32_t strides[] = {3 * kPixels, kPixels, kSize, 1};
  uint8_t order[] = {0, 1, 2, 3};
  TensorImpl input(ScalarType::Float, 4, sizes, values, order, strides);
  return method.set_input(EValue(Tensor(&input)), 0);
}

}  // namespace

Error Finder::load() { return etbuild::CompiledMethod::load(forward::plan, programs::kernels()); }

Result<int> Finder::find(const uint8_t* picture, Face* faces, int room) {
  if (const Error error = give(method_, picture); error != Error::Ok) return error;
  if (const Error error = method_.execute(); error != Error::Ok) return error;
  int found = 0;
  for (; found < room; ++found) {
    const int cell = likeliest(faces, found);
    if (cell < 0) break;
    faces[found] = face_at(odds(), offsets(), cell);
  }
  return found;
}

int Finder::likeliest(const Face* found, int count) const {
  int best = -1;
  for (int cell = 0; cell < kCells * kCells; ++cell) {
    const float likely = odds()[cell];
    if (!(likely >= kLikely) || (best >= 0 && likely <= odds()[best])) continue;
    const Face face = face_at(odds(), offsets(), cell);
    const auto covers = [&face](const Face& other) { return overlap(face, other) >= kOverlap; };
    if (std::none_of(found, found + count, covers)) best = cell;
  }
  return best;
}

}  // namespace face
