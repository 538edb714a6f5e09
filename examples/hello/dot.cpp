// Sums of products for any processor.
#include "examples/hello/kernel.h"

namespace hello {

std::int32_t dot(const std::int8_t* left, const std::int8_t* right, std::size_t count) {
  std::int32_t sum = 0;
  for (std::size_t index = 0; index < count; ++index) sum += left[index] * right[index];
  return sum;
}

}  // namespace hello
