// Says where in the photograph that the image holds there are faces.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "face_finder.h"

namespace {

// In tenths of a pixel: printf of floats would take more flash than the network.
void print_place(const char* word, float x, float y) {
  const auto tenths = [](float value) { return static_cast<int>(std::lround(value * 10)); };
  std::printf(" %s (%d.%d, %d.%d)", word, tenths(x) / 10, tenths(x) % 10, tenths(y) / 10, tenths(y) % 10);
}

void print(const face::Face& face) {
  std::printf("a face, %d %%,", static_cast<int>(std::lround(face.probability * 100)));
  print_place("from", std::max(face.left, 0.0F), std::max(face.upper, 0.0F));
  print_place("to", std::max(face.right, 0.0F), std::max(face.lower, 0.0F));
  std::printf("\n");
}

}  // namespace

int main() {
  static face::Finder finder;
  face::Face faces[8];
  if (face::Finder::load() != executorch::runtime::Error::Ok) return 1;
  const auto found = finder.find(programs::files::astronaut_rgb::data, faces, 8);
  if (!found.ok()) return 2;
  for (int at = 0; at < *found; ++at) print(faces[at]);
  return 0;
}
