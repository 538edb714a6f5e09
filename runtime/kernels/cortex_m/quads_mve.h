// Four channels at a time by the vectors of Armv8.1-M. Included once, in front of lines_body.h.

#include <arm_mve.h>

#define QUADS mve

namespace etbuild::kernels::cortex_m::QUADS {
namespace {

struct Sums {
  uint32_t a, b, c, d;
};

// The offset, times the sum of the weights, is added to what sums begin with.
constexpr bool kAddsWeights = true;

// Adds input x weights, of four channels whose weights lie `step` apart. The last round of such a loop works on what is
// left, and reads no more; compilers make none of intrinsics.
inline Sums add_products(Sums sums, const int8_t* input, int32_t, const int8_t* weights, ptrdiff_t step,
                         ptrdiff_t count) {
  const int8_t* second = weights + step;
  const int8_t* third = second + step;
  const int8_t* fourth = third + step;
  asm("  dlstp.8 lr, %[count]\n"
      "1:\n"
      "  vldrb.8 q0, [%[input]], #16\n"
      "  vldrb.8 q1, [%[first]], #16\n"
      "  vmladava.s8 %[a], q0, q1\n"
      "  vldrb.8 q1, [%[second]], #16\n"
      "  vmladava.s8 %[b], q0, q1\n"
      "  vldrb.8 q1, [%[third]], #16\n"
      "  vmladava.s8 %[c], q0, q1\n"
      "  vldrb.8 q1, [%[fourth]], #16\n"
      "  vmladava.s8 %[d], q0, q1\n"
      "  letp lr, 1b\n"
      : [input] "+r"(input), [first] "+r"(weights), [second] "+r"(second), [third] "+r"(third), [fourth] "+r"(fourth),
        [a] "+Te"(sums.a), [b] "+Te"(sums.b), [c] "+Te"(sums.c), [d] "+Te"(sums.d)
      : [count] "r"(count)
      : "lr", "q0", "q1", "memory");
  return sums;
}

inline Sums add_weights(Sums sums, const int8_t* weights, ptrdiff_t step, ptrdiff_t count) {
  const int8_t* second = weights + step;
  const int8_t* third = second + step;
  const int8_t* fourth = third + step;
  asm("  dlstp.8 lr, %[count]\n"
      "1:\n"
      "  vldrb.8 q0, [%[first]], #16\n"
      "  vaddva.s8 %[a], q0\n"
      "  vldrb.8 q1, [%[second]], #16\n"
      "  vaddva.s8 %[b], q1\n"
      "  vldrb.8 q0, [%[third]], #16\n"
      "  vaddva.s8 %[c], q0\n"
      "  vldrb.8 q1, [%[fourth]], #16\n"
      "  vaddva.s8 %[d], q1\n"
      "  letp lr, 1b\n"
      : [first] "+r"(weights), [second] "+r"(second), [third] "+r"(third), [fourth] "+r"(fourth), [a] "+Te"(sums.a),
        [b] "+Te"(sums.b), [c] "+Te"(sums.c), [d] "+Te"(sums.d)
      : [count] "r"(count)
      : "lr", "q0", "q1", "memory");
  return sums;
}

// How four channels are scaled.
struct Scale {
  explicit Scale(const Scaling& by) : scaling(by) {
    const uint32x4_t index = vmulq_n_u32(vidupq_n_u32(0, 1), static_cast<uint32_t>(by.step));
    multiplier = vldrwq_gather_shifted_offset_s32(by.multipliers, index);
    shift = vldrwq_gather_shifted_offset_s32(by.shifts, index);
    is_narrow =
        (vcmpgeq_n_s32(multiplier, 0) & vcmpleq_n_s32(shift, 0) & vcmpgeq_n_s32(shift, -31)) == mve_pred16_t{0xffff};
  }

  const Scaling& scaling;
  int32x4_t multiplier;
  int32x4_t shift;
  bool is_narrow;  // No intermediate result of requantize() has more than 32 bits.
};

// As requantize(), where the multiplier is not negative and the shift within -31 and 0.
inline int32x4_t requantize_narrow(int32x4_t values, int32x4_t multiplier, int32x4_t shift) {
  values = vqrdmulhq_s32(values, multiplier);
  // Halves are rounded up; negative numbers that are shifted lose 1 before that, so that theirs go down.
  values = vaddq_s32(values, vshrq_n_s32(vandq_s32(values, shift), 31));
  return vrshlq_s32(values, shift);
}

inline int32x4_t cut(int32x4_t values, const Output& output) {
  values = vaddq_n_s32(values, output.offset);
  return vminq_s32(vmaxq_s32(values, vdupq_n_s32(output.least)), vdupq_n_s32(output.most));
}

inline void store(const Sums& sums, const Scale& scale, int8_t* to) {
  if (!scale.is_narrow) return store_each({sums.a, sums.b, sums.c, sums.d}, scale.scaling, to);
  int32x4_t values;
  asm("vmov %q0[2], %q0[0], %1, %3\n vmov %q0[3], %q0[1], %2, %4"
      : "=&w"(values)
      : "r"(sums.a), "r"(sums.b), "r"(sums.c), "r"(sums.d));
  vstrbq_s32(to, cut(requantize_narrow(values, scale.multiplier, scale.shift), scale.scaling.output));
}

inline void copy_segment(const int8_t* from, int8_t* to, ptrdiff_t count) {
  asm volatile(
      "  dlstp.8 lr, %[count]\n"
      "1:\n"
      "  vldrb.8 q0, [%[from]], #16\n"
      "  vstrb.8 q0, [%[to]], #16\n"
      "  letp lr, 1b\n"
      : [from] "+r"(from), [to] "+r"(to)
      : [count] "r"(count)
      : "lr", "q0", "memory");
}

}  // namespace
}  // namespace etbuild::kernels::cortex_m::QUADS
