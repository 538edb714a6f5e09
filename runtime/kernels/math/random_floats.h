// Numbers for tests: the same on every machine. Test code only.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace etbuild::kernels::math {

class RandomNumbers {
 public:
  explicit RandomNumbers(uint64_t seed) : state_(seed * 2654435761U + 88172645463325252U) {}

  uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_ >> 16;
  }

  ptrdiff_t below(ptrdiff_t bound) { return static_cast<ptrdiff_t>(next() % static_cast<uint64_t>(bound)); }

  float between(float lowest, float highest) {
    return lowest + (highest - lowest) * static_cast<float>(static_cast<double>(next() % 16777216) / 16777216.0);
  }

  std::vector<float> floats(ptrdiff_t count, float lowest = -1.0f, float highest = 1.0f) {
    std::vector<float> numbers(static_cast<size_t>(count));
    for (float& number : numbers) number = between(lowest, highest);
    return numbers;
  }

 private:
  uint64_t state_;
};

}  // namespace etbuild::kernels::math
