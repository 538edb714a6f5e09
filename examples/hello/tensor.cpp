#include "examples/hello/tensor.h"

#include <cmath>

namespace hello {
namespace {

bool same_sizes(const Tensor& one, const Tensor& other) {
  if (one.dimensions != other.dimensions) return false;
  for (std::size_t axis = 0; axis < one.dimensions; ++axis) {
    if (one.sizes[axis] != other.sizes[axis]) return false;
  }
  return true;
}

}  // namespace

std::size_t Tensor::size() const {
  std::size_t product = 1;
  for (std::size_t axis = 0; axis < dimensions; ++axis) product *= sizes[axis];
  return product;
}

bool add(const Tensor& left, const Tensor& right, Tensor& out) {
  if (!same_sizes(left, right) || !same_sizes(left, out)) return false;
  for (std::size_t index = 0; index < out.size(); ++index) out.values[index] = left.values[index] + right.values[index];
  return true;
}

bool multiply(const Tensor& left, const Tensor& right, Tensor& out) {
  if (left.dimensions != 2 || right.dimensions != 2 || out.dimensions != 2) return false;
  const std::size_t rows = left.sizes[0], inner = left.sizes[1], columns = right.sizes[1];
  if (right.sizes[0] != inner || out.sizes[0] != rows || out.sizes[1] != columns) return false;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      float sum = 0.0f;
      for (std::size_t k = 0; k < inner; ++k) sum += left.values[row * inner + k] * right.values[k * columns + column];
      out.values[row * columns + column] = sum;
    }
  }
  return true;
}

bool softmax(const Tensor& in, Tensor& out) {
  if (!same_sizes(in, out) || in.size() == 0) return false;
  float largest = in.values[0], sum = 0.0f;
  for (std::size_t index = 1; index < in.size(); ++index) largest = std::fmax(largest, in.values[index]);
  for (std::size_t index = 0; index < in.size(); ++index) {
    out.values[index] = std::exp(in.values[index] - largest);
    sum += out.values[index];
  }
  for (std::size_t index = 0; index < in.size(); ++index) out.values[index] /= sum;
  return true;
}

}  // namespace hello
