// grid_sampler_2d.out(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners, *,
// Tensor(a!) out): the input at the places of grid [N, H, W, (x, y)], where -1 and 1 are its edges. Interpolation:
// 0 bilinear, 1 nearest, 2 bicubic. Padding: 0 zeros, 1 the edge, 2 reflection.
#include <cmath>

#include "elements.h"
#include "expect.h"
#include "windows.h"

namespace etbuild::kernels {
namespace {

enum Interpolation : int64_t { kBilinear, kNearest, kBicubic };
enum Padding : int64_t { kZeros, kEdge, kReflection };

template <typename T>
struct Axis {
  int64_t size;
  bool align_corners;
  int64_t padding;

  T place(T at) const {
    if (align_corners) return (at + T(1)) / T(2) * static_cast<T>(size - 1);
    return ((at + T(1)) * static_cast<T>(size) - T(1)) / T(2);
  }

  // Brought onto the image, if padding does that.
  T padded(T at) const {
    if (padding == kReflection) at = reflected(at);
    if (padding == kZeros) return at;
    const auto last = static_cast<T>(size - 1);
    return at > T(0) ? (at < last ? at : last) : T(0);
  }

  T reflected(T at) const {
    const T low = align_corners ? T(0) : static_cast<T>(-0.5);
    const auto span = static_cast<T>(align_corners ? size - 1 : size);
    if (span == T(0)) return T(0);
    at = std::abs(at - low);
    const T rest = std::fmod(at, span);
    const bool is_even = std::fmod(std::floor(at / span), T(2)) == T(0);
    return (is_even ? rest : span - rest) + low;
  }
};

template <typename T>
struct Plane {
  const Input<T>& input;
  int64_t start;
  const Image& image;

  // Zero for what is not on it.
  T at(T y, T x) const {
    const bool inside =
        y >= T(0) && x >= T(0) && y < static_cast<T>(image.sizes[3]) && x < static_cast<T>(image.sizes[4]);
    if (!inside) return T(0);
    return input[start + static_cast<int64_t>(y) * image.steps[3] + static_cast<int64_t>(x) * image.steps[4]];
  }
};

template <typename T>
struct Sampler {
  Axis<T> rows, columns;

  T bilinear(const Plane<T>& plane, T y, T x) const {
    const T top = std::floor(y);
    const T left = std::floor(x);
    const T down = y - top;
    const T right = x - left;
    return (T(1) - down) * (T(1) - right) * plane.at(top, left) + (T(1) - down) * right * plane.at(top, left + T(1)) +
           down * (T(1) - right) * plane.at(top + T(1), left) + down * right * plane.at(top + T(1), left + T(1));
  }

  // Of four elements in a row: as PyTorch rounds it, for a place that lies `part` behind the second.
  static T weight(int64_t index, T part) {
    const auto a = static_cast<T>(-0.75);
    const T near = index < 2 ? part : T(1) - part;
    if (index == 1 || index == 2) return ((a + T(2)) * near - (a + T(3))) * near * near + T(1);
    const T far = near + T(1);
    return ((a * far - T(5) * a) * far + T(8) * a) * far - T(4) * a;
  }

  T bicubic(const Plane<T>& plane, T y, T x) const {
    const T top = std::floor(y);
    const T left = std::floor(x);
    T sum(0);
    for (int64_t row = 0; row < 4; ++row) {
      const T at = rows.padded(top + static_cast<T>(row - 1));
      T line(0);
      for (int64_t column = 0; column < 4; ++column) {
        line += weight(column, x - left) * plane.at(at, columns.padded(left + static_cast<T>(column - 1)));
      }
      sum += weight(row, y - top) * line;
    }
    return sum;
  }

  T sample(const Plane<T>& plane, T y, T x, int64_t interpolation) const {
    if (interpolation == kBicubic) return bicubic(plane, y, x);
    y = rows.padded(y);
    x = columns.padded(x);
    return interpolation == kBilinear ? bilinear(plane, y, x) : plane.at(std::nearbyint(y), std::nearbyint(x));
  }
};

template <typename T>
void sample_all(const Tensor& input, const Tensor& grid, const Sampler<T>& sampler, int64_t interpolation,
                Tensor& out) {
  const Input<T> elements(input);
  const Input<T> places(grid);
  const Output<T> results(out);
  const Image from(input);
  const Image to(out);
  const auto steps = grid.strides();
  for (int64_t image = 0; image < to.sizes[0]; ++image) {
    for (int64_t row = 0; row < to.sizes[3]; ++row) {
      for (int64_t column = 0; column < to.sizes[4]; ++column) {
        const int64_t at = image * steps[0] + row * steps[1] + column * steps[2];
        const T x = sampler.columns.place(places[at]);
        const T y = sampler.rows.place(places[at + steps[3]]);
        for (int64_t channel = 0; channel < to.sizes[1]; ++channel) {
          const Plane<T> plane = {elements, from.start(image, channel), from};
          results.set(to.start(image, channel) + row * to.steps[3] + column * to.steps[4],
                      sampler.sample(plane, y, x, interpolation));
        }
      }
    }
  }
}

}  // namespace

void grid_sampler_2d_out(KernelRuntimeContext& context, Arguments arguments) {
  if (!are_arguments(context, arguments, "ttiibt")) return;
  const Tensor& input = tensor(arguments, 0);
  const Tensor& grid = tensor(arguments, 1);
  const int64_t interpolation = integer(arguments, 2);
  const int64_t padding = integer(arguments, 3);
  const bool align_corners = boolean(arguments, 4);
  Tensor& out = tensor(arguments, 5);
  const bool fits = input.dim() == 4 && grid.dim() == 4 && input.size(0) == grid.size(0) && grid.size(3) == 2 &&
                    input.size(2) > 0 && input.size(3) > 0;
  if (!expect(context, fits, "the input must be [n, c, h, w], not empty, the grid [n, h, w, 2]")) return;
  const bool known =
      interpolation >= kBilinear && interpolation <= kBicubic && padding >= kZeros && padding <= kReflection;
  if (!expect(context, known, "modes must be 0, 1 or 2")) return;
  const int32_t sizes[] = {input.sizes()[0], input.sizes()[1], grid.sizes()[1], grid.sizes()[2]};
  if (!expect_dtype(context, input.scalar_type(), &grid, &out) || !resize(context, out, sizes)) return;
  expect_served(
      context, visit_floating(input.scalar_type(), [&](auto zero) {
        using T = decltype(zero);
        const Sampler<T> sampler = {{input.size(2), align_corners, padding}, {input.size(3), align_corners, padding}};
        sample_all<T>(input, grid, sampler, interpolation, out);
      }));
}

}  // namespace etbuild::kernels
