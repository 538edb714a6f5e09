// The device finds the face where the network finds it in eager mode; and none where there is none.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "face_finder.h"
#include "runtime/testing/check.h"

namespace {

namespace files = programs::files;
using executorch::runtime::Error;

constexpr float kTolerance = 1e-4F;  // Of what the network says,
constexpr float kPixel = 0.01F;      // and of the face's sides.
constexpr int kMap = face::kCells * face::kCells;

face::Finder& finder() {
  static face::Finder one;
  static const bool loaded = face::Finder::load() == Error::Ok;
  CHECK(loaded);
  return one;
}

float expected(int at) {
  float value = 0;
  std::memcpy(&value, files::astronaut_f32::data + static_cast<size_t>(at) * sizeof value, sizeof value);
  return value;
}

float largest_error(const float* values, int count, int from) {
  float worst = 0;
  for (int at = 0; at < count; ++at) {
    const float off = std::fabs(values[at] - expected(from + at));
    worst = off <= worst ? worst : off;
  }
  return worst;
}

}  // namespace

TEST(the_face_is_where_eager_finds_it) {
  static_assert(files::astronaut_rgb::size == size_t{3} * face::kSize * face::kSize);
  static_assert(files::astronaut_f32::size == (size_t{5} * kMap + 5) * sizeof(float));
  face::Face faces[4];
  const auto found = finder().find(files::astronaut_rgb::data, faces, 4);
  CHECK(found.ok() && *found == 1);
  const float error =
      std::max(largest_error(finder().probabilities(), kMap, 0), largest_error(finder().offsets(), 4 * kMap, kMap));
  std::printf("largest error %d of %d millionths allowed\n", static_cast<int>(error * 1e6F),
              static_cast<int>(kTolerance * 1e6F));
  CHECK(error <= kTolerance);
  const float sides[] = {faces[0].left, faces[0].upper, faces[0].right, faces[0].lower};
  CHECK(std::fabs(faces[0].probability - expected(5 * kMap)) <= kTolerance);
  for (int side = 0; side < 4; ++side) CHECK(std::fabs(sides[side] - expected(5 * kMap + 1 + side)) <= kPixel);
}

TEST(nothing_is_found_where_nothing_is) {
  static uint8_t grey[3 * face::kSize * face::kSize];
  std::memset(grey, 128, sizeof grey);
  face::Face faces[4];
  const auto found = finder().find(grey, faces, 4);
  CHECK(found.ok() && *found == 0);
}

TEST(no_more_faces_are_written_than_there_is_room_for) {
  face::Face faces[2] = {};
  faces[0].probability = -1;
  const auto found = finder().find(files::astronaut_rgb::data, faces, 0);
  CHECK(found.ok() && *found == 0 && faces[0].probability == -1);
}

TEST_MAIN()
