// Four channels at a time by Arm's DSP extension: two products of 16 bits in an instruction. Included once, in front of
// lines_body.h.

#include <arm_acle.h>

#include <cstring>

#define QUADS dsp
#include "quads_in_words.h"

namespace etbuild::kernels::cortex_m::QUADS {
namespace {

inline int32_t four_bytes(const int8_t* from) {
  int32_t bytes;
  std::memcpy(&bytes, from, sizeof(bytes));  // At any address.
  return bytes;
}

// Bytes 1 and 3 as halves, added to others; no intrinsic turns, extends and adds in one instruction.
inline int32_t add_odd(int32_t halves, int32_t bytes) {
  int32_t sums;
  asm("sxtab16 %0, %1, %2, ror #8" : "=r"(sums) : "r"(halves), "r"(bytes));
  return sums;
}

inline int32_t odd_bytes(int32_t bytes) {
  int32_t halves;
  asm("sxtb16 %0, %1, ror #8" : "=r"(halves) : "r"(bytes));
  return halves;
}

// Adds four products: elements 0 and 2 in the halves of `even`, 1 and 3 in those of `odd`.
inline uint32_t add_four(uint32_t sum, int32_t even, int32_t odd, const int8_t* weights) {
  const int32_t bytes = four_bytes(weights);
  auto total = static_cast<int32_t>(sum);
  total = __smlad(even, __sxtb16(bytes), total);
  return static_cast<uint32_t>(__smlad(odd, odd_bytes(bytes), total));
}

// Adds (input + offset) x weights, of four channels whose weights lie `step` apart.
inline Sums add_products(Sums sums, const int8_t* input, int32_t offset, const int8_t* weights, ptrdiff_t step,
                         ptrdiff_t count) {
  const int8_t* third = weights + 2 * step;
  const int8_t* const end = input + count;
  // Elements with the offset have 16 bits.
  if (offset >= -32000 && offset <= 32000) {
    const auto both =
        static_cast<int32_t>(static_cast<uint32_t>(offset) << 16 | (static_cast<uint32_t>(offset) & 0xffff));
    for (const int8_t* const whole = end - 3; input < whole; input += 4, weights += 4, third += 4) {
      const int32_t bytes = four_bytes(input);
      const int32_t even = __sxtab16(both, bytes);
      const int32_t odd = add_odd(both, bytes);
      sums.a = add_four(sums.a, even, odd, weights);
      sums.b = add_four(sums.b, even, odd, weights + step);
      sums.c = add_four(sums.c, even, odd, third);
      sums.d = add_four(sums.d, even, odd, third + step);
      // Three pointers, none of them counted by others: there are not registers for more.
      asm("" : "+r"(input), "+r"(weights), "+r"(third));
    }
  }
  for (; input < end; ++input, ++weights, ++third) {
    const uint32_t element = static_cast<uint32_t>(*input) + static_cast<uint32_t>(offset);
    sums.a += element * static_cast<uint32_t>(*weights);
    sums.b += element * static_cast<uint32_t>(weights[step]);
    sums.c += element * static_cast<uint32_t>(*third);
    sums.d += element * static_cast<uint32_t>(third[step]);
  }
  return sums;
}

inline void copy_segment(const int8_t* from, int8_t* to, ptrdiff_t count) {
  for (; count >= 4; count -= 4, from += 4, to += 4) std::memcpy(to, from, 4);
  for (ptrdiff_t at = 0; at < count; ++at) to[at] = from[at];
}

}  // namespace
}  // namespace etbuild::kernels::cortex_m::QUADS
