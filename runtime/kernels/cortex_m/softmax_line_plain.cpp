// Softmax of int8 lines, for every processor.

#include <cstring>

#include "softmax_line.h"

namespace etbuild::kernels::cortex_m::plain {
namespace {

float exp_of(float x) {
  using By = Exponential;
  const float kept = x > By::kLeast ? x : By::kLeast;
  const float moved = kept * By::kToPower + By::kToInteger;
  const float power = moved - By::kToInteger;
  const float rest = (kept - power * By::kHigh) - power * By::kLow;
  float series = By::kSeries[0];
  for (int at = 1; at < By::kTerms; ++at) series = series * rest + By::kSeries[at];
  const float result = (rest * rest) * series + rest + 1.0f;
  uint32_t bits;
  std::memcpy(&bits, &result, sizeof(bits));
  bits += static_cast<uint32_t>(static_cast<int32_t>(power)) << 23;
  float scaled;
  std::memcpy(&scaled, &bits, sizeof(scaled));
  return scaled;
}

}  // namespace

void write_softmax(const SoftmaxLine& line) {
  int8_t most = line.from[0];
  for (ptrdiff_t at = 1; at < line.count; ++at) {
    const int8_t element = line.from[at * line.from_step];
    most = element > most ? element : most;
  }
  const float greatest = (static_cast<float>(most) - line.zero_point) * line.scale;
  const auto weight = [&](ptrdiff_t at) {
    return exp_of((static_cast<float>(line.from[at * line.from_step]) - line.zero_point) * line.scale - greatest);
  };
  float sums[4] = {0, 0, 0, 0};
  for (ptrdiff_t at = 0; at < line.count; ++at) sums[at % 4] += weight(at);
  const float sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  for (ptrdiff_t at = 0; at < line.count; ++at) {
    const float share = weight(at) / sum * 256.0f;
    const float value = (share + Exponential::kToWhole) - Exponential::kToWhole - 128.0f;
    line.to[at * line.to_step] = static_cast<int8_t>(value > 127.0f ? 127.0f : value);
  }
}

}  // namespace etbuild::kernels::cortex_m::plain
