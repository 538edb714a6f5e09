#include "examples/hello/kernel.h"

namespace hello {
namespace {

std::int8_t scaled(std::int64_t sum, Scale scale) {
  const int bits = 31 + scale.shift;
  const std::int64_t value = (sum * scale.multiplier + (std::int64_t{1} << (bits - 1))) >> bits;
  return static_cast<std::int8_t>(value < -128 ? -128 : value > 127 ? 127 : value);
}

}  // namespace

void fully_connected(const std::int8_t* weights, const std::int32_t* bias, const std::int8_t* input, std::size_t rows,
                     std::size_t columns, Scale scale, std::int8_t* output) {
  for (std::size_t row = 0; row < rows; ++row) {
    const std::int64_t sum = dot(weights + row * columns, input, columns);
    output[row] = scaled(sum + bias[row], scale);
  }
}

}  // namespace hello
