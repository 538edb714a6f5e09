// Four channels at a time in plain C++. Included once, in front of lines_body.h, as its like.

#define QUADS plain
#include "quads_in_words.h"

namespace etbuild::kernels::cortex_m::QUADS {
namespace {

// Adds (input + offset) x weights, of four channels whose weights lie `step` apart.
inline Sums add_products(Sums sums, const int8_t* input, int32_t offset, const int8_t* weights, ptrdiff_t step,
                         ptrdiff_t count) {
  const int8_t* const second = weights + step;
  const int8_t* const third = second + step;
  const int8_t* const fourth = third + step;
  for (ptrdiff_t at = 0; at < count; ++at) {
    const uint32_t element = static_cast<uint32_t>(input[at]) + static_cast<uint32_t>(offset);
    sums.a += element * static_cast<uint32_t>(weights[at]);
    sums.b += element * static_cast<uint32_t>(second[at]);
    sums.c += element * static_cast<uint32_t>(third[at]);
    sums.d += element * static_cast<uint32_t>(fourth[at]);
  }
  return sums;
}

inline void copy_segment(const int8_t* from, int8_t* to, ptrdiff_t count) {
  for (ptrdiff_t at = 0; at < count; ++at) to[at] = from[at];
}

}  // namespace
}  // namespace etbuild::kernels::cortex_m::QUADS
