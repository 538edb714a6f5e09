// The device finds the face where the network finds it in eager mode, of int8 by the same bits as the host; and none
// where there is none.
#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "face_finder.h"
#include "runtime/testing/check.h"

namespace {

namespace files = programs::files;
using executorch::runtime::Error;

// How far what the network says may be from eager PyTorch's, and the face's sides; how far from the host's, in units in
// the last place of its largest number.
#ifdef FLOAT32
constexpr float kOdds = 1e-4F;
constexpr float kOffset = 1e-5F;
constexpr float kPixel = 0.001F;
constexpr float kUlps = 8;
#else
constexpr float kOdds = 1;
constexpr float kOffset = 0.05F;
constexpr float kPixel = 0.25F;
constexpr float kUlps = 0;
#endif
constexpr int kMap = face::kCells * face::kCells;

face::Finder& finder() {
  static face::Finder one;
  static const bool loaded = face::Finder::load() == Error::Ok;
  CHECK(loaded);
  return one;
}

float number(const void* data, int at) {
  float value = 0;
  std::memcpy(&value, static_cast<const uint8_t*>(data) + static_cast<size_t>(at) * sizeof value, sizeof value);
  return value;
}

float eager(int at) { return number(files::astronaut_f32::data, at); }

float largest(const float* values, int count) {
  float most = 0;
  for (int at = 0; at < count; ++at) most = std::fmax(most, std::fabs(values[at]));
  return most;
}

// How far from eager's numbers, which begin at `from`.
float from_eager(const float* values, int count, int from) {
  float worst = 0;
  for (int at = 0; at < count; ++at) {
    const float off = std::fabs(values[at] - eager(from + at));
    worst = off <= worst ? worst : off;
  }
  return worst;
}

// How far from the host's numbers, in units in the last place of the largest.
float from_host(const float* values, int count, size_t output) {
  const programs::Bytes& host = face::network::forward::calls()[0].expected[output];
  CHECK(host.size == static_cast<size_t>(count) * sizeof(float));
  float worst = 0;
  for (int at = 0; at < count; ++at) {
    const float off = std::fabs(values[at] - number(host.data, at));
    worst = off <= worst ? worst : off;
  }
  return worst / (FLT_EPSILON * largest(values, count));
}

int find_astronaut(face::Face* faces, int room) {
  const auto found = finder().find(files::astronaut_rgb::data, faces, room);
  CHECK(found.ok());
  return found.ok() ? *found : -1;
}

}  // namespace

TEST(the_face_is_where_eager_finds_it) {
  static_assert(files::astronaut_rgb::size == size_t{3} * face::kSize * face::kSize);
  static_assert(files::astronaut_f32::size == (size_t{5} * kMap + 5) * sizeof(float));
  face::Face faces[4];
  CHECK(find_astronaut(faces, 4) == 1);
  CHECK(std::fabs(faces[0].probability - eager(5 * kMap)) <= 1e-4F);
  const float sides[] = {faces[0].left, faces[0].upper, faces[0].right, faces[0].lower};
  for (int side = 0; side < 4; ++side) CHECK(std::fabs(sides[side] - eager(5 * kMap + 1 + side)) <= kPixel);
}

TEST(the_network_says_about_what_it_says_in_eager_mode) {
  face::Face faces[4];
  find_astronaut(faces, 4);
  const float odds = from_eager(finder().odds(), kMap, 0);
  const float offsets = from_eager(finder().offsets(), 4 * kMap, kMap);
  std::printf("largest error of odds %d, of offsets %d millionths\n", static_cast<int>(odds * 1e6F),
              static_cast<int>(offsets * 1e6F));
  CHECK(odds <= kOdds);
  CHECK(offsets <= kOffset);
}

TEST(the_network_says_what_it_says_on_the_host) {
  face::Face faces[4];
  find_astronaut(faces, 4);
  const float odds = from_host(finder().odds(), kMap, 0);
  const float offsets = from_host(finder().offsets(), 4 * kMap, 1);
  std::printf("odds are off by %d ulps, offsets by %d\n", static_cast<int>(odds), static_cast<int>(offsets));
  CHECK(odds <= kUlps);
  CHECK(offsets <= kUlps);
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
  CHECK(find_astronaut(faces, 0) == 0 && faces[0].probability == -1);
}

TEST_MAIN()
