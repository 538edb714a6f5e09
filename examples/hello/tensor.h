// Tensors of up to four dimensions over memory that others own: no heap, no exceptions.
#pragma once

#include <cstddef>

namespace hello {

struct Tensor {
  static constexpr std::size_t kMaxDimensions = 4;
  float* values;
  std::size_t sizes[kMaxDimensions];
  std::size_t dimensions;

  std::size_t size() const;
};

// Writes left + right; the three have the same sizes, else it returns false and writes nothing.
bool add(const Tensor& left, const Tensor& right, Tensor& out);

// Writes left × right for matrices of sizes (m, k), (k, n) and (m, n), else it returns false and writes nothing.
bool multiply(const Tensor& left, const Tensor& right, Tensor& out);

// Writes the softmax over all values of `in`.
bool softmax(const Tensor& in, Tensor& out);

}  // namespace hello
