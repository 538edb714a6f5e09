// Finds faces in a picture of 64 x 64 pixels, by P-Net in int8: faces whose height is about 12 pixels. For others, give
// it the picture in another size, or a part of it.

#pragma once

#include "programs.h"

namespace face {

#ifdef FLOAT32
namespace network = programs::pnet;
#else
namespace network = programs::pnet_int8;
#endif

constexpr int kSize = 64;    // Of the picture, in pixels.
constexpr int kCells = 27;   // Of the grid on which the network looks, each way.
constexpr int kStep = 2;     // From one cell to the next, in pixels.
constexpr int kSquare = 12;  // What a cell sees, in pixels.

struct Face {
  float probability;
  float left, upper, right, lower;  // In pixels, perhaps a bit outside of the picture.
};

// There can be one at a time: its method is tables in the image, and memory beside them.
class Finder final {
 public:
  Finder() : method_(network::forward::plan) {}

  // Makes the method ready. To be called once, before find().
  static executorch::runtime::Error load();

  // Takes the bytes of a picture, red, green and blue for each pixel, row by row, and writes the likeliest faces to
  // `faces`, up to `room`, the likeliest first: none below 0.97, and of those that overlap by half the likelier one.
  executorch::runtime::Result<int> find(const uint8_t* picture, Face* faces, int room);

  // What the network has said of the last picture: [27, 27], logarithms of the odds that there is a face, and
  // [4, 27, 27].
  const float* odds() const { return output(0); }
  const float* offsets() const { return output(1); }

 private:
  // The likeliest cell whose face overlaps none of those found; -1 if there is none.
  int likeliest(const Face* found, int count) const;

  const float* output(size_t index) const { return method_.get_output(index).toTensor().const_data_ptr<float>(); }

  etbuild::CompiledMethod method_;
};

}  // namespace face
