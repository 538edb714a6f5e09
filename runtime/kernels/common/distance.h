// Distances between vectors, by norms, in the dtypes that the including source serves.

#pragma once

#include <cmath>

#include "elements.h"

namespace etbuild::kernels {
namespace {

// A vector in a tensor.
struct Place {
  int64_t start, step;
};

// The p-norm of the difference of two vectors of `count` elements; p of 0: how many are not 0.
template <typename T>
T distance(const Input<T>& left, Place one, const Input<T>& right, Place other, int64_t count, double p) {
  T sum(0);
  for (int64_t at = 0; at < count; ++at) {
    const T off = std::abs(left[one.start + at * one.step] - right[other.start + at * other.step]);
    if (p == 0.0) {
      sum += off != T(0) ? T(1) : T(0);
    } else if (p == 1.0) {
      sum += off;
    } else if (p == 2.0) {
      sum += off * off;
    } else if (std::isinf(p)) {
      if (off > sum || off != off) sum = off;
    } else {
      sum += std::pow(off, static_cast<T>(p));
    }
  }
  if (p == 2.0) return std::sqrt(sum);
  return p == 0.0 || p == 1.0 || std::isinf(p) ? sum : std::pow(sum, static_cast<T>(1.0 / p));
}

}  // namespace
}  // namespace etbuild::kernels
