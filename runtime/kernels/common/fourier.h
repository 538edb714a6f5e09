// Fourier transforms of lines of tensors, of any length: in time n log n, but for lengths with large prime factors.

#pragma once

#include <executorch/runtime/core/exec_aten/exec_aten.h>

#include <cmath>

#include "expect.h"
#include "lines.h"
#include "shapes.h"

namespace etbuild::kernels {
namespace {

// A complex number; in a tensor std::complex, which computes with infinities apart.
template <typename T>
struct Complex {
  T real, imaginary;

  Complex operator+(Complex other) const { return {real + other.real, imaginary + other.imaginary}; }
  Complex operator*(Complex other) const {
    return {real * other.real - imaginary * other.imaginary, real * other.imaginary + imaginary * other.real};
  }
  Complex conjugate() const { return {real, -imaginary}; }
};

// Transforms lines of one length.
template <typename T>
class Fourier {
 public:
  // Takes its memory. False if the call has failed with MemoryAllocationFailed.
  bool prepare(KernelRuntimeContext& context, int64_t length, bool inverse) {
    const auto memory = context.allocate_temp(static_cast<size_t>(3 * length) * sizeof(Complex<T>));
    if (!memory.ok()) return refuse(context, Error::MemoryAllocationFailed);
    length_ = length;
    line_ = static_cast<Complex<T>*>(*memory);
    other_ = line_ + length;
    roots_ = other_ + length;
    for (int64_t at = 0; at < length; ++at) {
      const Complex<double> root = root_of(at, length);
      roots_[at] = {static_cast<T>(root.real), static_cast<T>(inverse ? root.imaginary : -root.imaginary)};
    }
    return true;
  }

  Complex<T>* line() const { return line_; }

  // Transforms line(); it may be elsewhere then.
  void transform() {
    int64_t done = 1;  // Lengths of transforms of which the line consists: of elements that are length_ / done apart.
    while (done < length_) {
      const int64_t factor = factor_of(length_ / done);
      combine(done, factor);
      done *= factor;
      Complex<T>* const swapped = line_;
      line_ = other_;
      other_ = swapped;
    }
  }

 private:
  // The point on the circle after at / length of a turn, from one of its first eighth: there it is most exact.
  static Complex<double> root_of(int64_t at, int64_t length) {
    if (2 * at > length) return root_of(length - at, length).conjugate();
    int64_t eighths = 8 * at;  // In turns of 8 * length.
    const bool is_left = eighths > 2 * length;
    if (is_left) eighths = 4 * length - eighths;
    const bool is_steep = eighths > length;
    if (is_steep) eighths = 2 * length - eighths;
    constexpr double kEighth = 0.785398163397448309616;
    const double angle = kEighth * static_cast<double>(eighths) / static_cast<double>(length);
    const double near = std::cos(angle);
    const double far = std::sin(angle);
    return {(is_left ? -1.0 : 1.0) * (is_steep ? far : near), is_steep ? near : far};
  }

  static int64_t factor_of(int64_t number) {
    if (number % 4 == 0) return 4;
    for (int64_t factor = 2; factor * factor <= number; ++factor) {
      if (number % factor == 0) return factor;
    }
    return number;
  }

  // Makes transforms that are `factor` times as long: from `line_`, [done, apart], to `other_`,
  // [factor, done, apart / factor].
  void combine(int64_t done, int64_t factor) {
    const int64_t apart = length_ / done / factor;
    for (int64_t to = 0; to < done * factor; ++to) {
      const Complex<T>* const from = line_ + to % done * apart * factor;
      Complex<T>* const result = other_ + to * apart;
      for (int64_t at = 0; at < apart; ++at) result[at] = from[at];
      for (int64_t part = 1; part < factor; ++part) {
        const Complex<T> root = roots_[to * part % (done * factor) * apart];
        for (int64_t at = 0; at < apart; ++at) result[at] = result[at] + root * from[part * apart + at];
      }
    }
  }

  int64_t length_ = 0;
  Complex<T>* line_ = nullptr;
  Complex<T>* other_ = nullptr;
  Complex<T>* roots_ = nullptr;
};

// Transforms a complex tensor along a dimension, where it is.
template <typename T>
bool transform_lines(KernelRuntimeContext& context, const Lines& lines, Complex<T>* elements, bool inverse) {
  Fourier<T> fourier;
  if (lines.length <= 1) return true;
  if (!fourier.prepare(context, lines.length, inverse)) return false;
  for (int64_t line = 0; line < lines.count; ++line) {
    Complex<T>* const first = elements + lines.start(line);
    for (int64_t at = 0; at < lines.length; ++at) fourier.line()[at] = first[at * lines.step];
    fourier.transform();
    for (int64_t at = 0; at < lines.length; ++at) first[at * lines.step] = fourier.line()[at];
  }
  return true;
}

// How many real elements are transformed together.
inline double count_of(const Shape& shape, ArrayRef<int64_t> dims) {
  double count = 1.0;
  for (size_t at = 0; at < dims.size(); ++at) count *= shape.sizes[dims[at]];
  return count;
}

// What results are multiplied by: of a transform of so many elements, by PyTorch's number of the normalization.
inline double normalization_of(int64_t normalization, double count) {
  if (normalization == 1) return 1.0 / std::sqrt(count);
  return normalization == 2 ? 1.0 / count : 1.0;
}

inline ScalarType complex_of(ScalarType real) {
  return real == ScalarType::Double ? ScalarType::ComplexDouble : ScalarType::ComplexFloat;
}

// A call of a transform. Of its tensors one is real, and the other complex, as exact.
struct Transform {
  const Tensor& self;
  ArrayRef<int64_t> dims;  // Real elements are along the last of them.
  double scale;
  Tensor& out;

  int64_t last() const { return dims[dims.size() - 1]; }
};

// Whether a dimension list is not empty and has dimensions of the tensor, and the normalization is 0, 1 or 2.
inline bool expect_transform(KernelRuntimeContext& context, const Tensor& self, ArrayRef<int64_t> dims,
                             int64_t normalization) {
  bool fits = !dims.empty() && static_cast<size_t>(self.dim()) <= kMaxRank;
  for (size_t at = 0; at < dims.size(); ++at) fits = fits && dims[at] >= 0 && dims[at] < self.dim();
  return expect(context, fits, "dim must name dimensions of the tensor") &&
         expect(context, normalization >= 0 && normalization <= 2, "normalization must be 0, 1 or 2");
}

}  // namespace
}  // namespace etbuild::kernels
