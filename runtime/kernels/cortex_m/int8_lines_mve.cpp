// Products of lines of int8 images, and what moves lines, by the vectors of Armv8.1-M. Loops whose last round works on
// what is left, and reads no more, are assembly: compilers make none of intrinsics.

#include "int8_lines.h"

#if ET_INT8_MVE
#include "vectors_mve.h"

namespace etbuild::kernels::cortex_m::mve {
namespace {

constexpr ptrdiff_t kQuad = 4;
constexpr ptrdiff_t kVector = 16;  // Bytes.

// Four output channels at some places; where there are fewer, the last stands for those that are missing. Assembly
// knows where its members lie.
struct Quad {
  int32_t begin[kQuad];  // Sums, before anything is added.
  const int8_t* weights[kQuad];
  ptrdiff_t length;
  ptrdiff_t segments;
  ptrdiff_t to_next_input;  // From behind a segment, as far as it is read by whole vectors, to the next one,
  ptrdiff_t to_next_weights;
  ptrdiff_t to_next_place;  // and from behind the last one.
  ptrdiff_t out_of_place;
  ptrdiff_t places;
  int32_t sums[kQuad];  // Of the last place.
};
static_assert(sizeof(Quad) == 76, "as assembly reads it");

struct QuadScale {
  int32x4_t multiplier;
  int32x4_t shift;
  bool is_narrow;  // No intermediate result of requantize() has more than 32 bits.
};

// The numbers of four channels, counted from the first of them.
inline uint32x4_t numbers(ptrdiff_t count) {
  return vminq_u32(vidupq_n_u32(0, 1), vdupq_n_u32(static_cast<uint32_t>(count - 1)));
}

// The sums of the channels' weights.
int32x4_t sum_weights(const Quad& quad) {
  uint32_t a = 0, b = 0, c = 0, d = 0;
  const int8_t *first, *second, *third, *fourth;
  ptrdiff_t left;
  int32x4_t sums;
  asm("  ldrd %[first], %[second], [%[quad], #16]\n"
      "  ldrd %[third], %[fourth], [%[quad], #24]\n"
      "  ldrd lr, %[left], [%[quad], #32]\n"
      "1:\n"
      "  wlstp.8 lr, lr, 3f\n"
      "2:\n"
      "  vldrb.8 q0, [%[first]], #16\n"
      "  vaddva.s8 %[a], q0\n"
      "  vldrb.8 q1, [%[second]], #16\n"
      "  vaddva.s8 %[b], q1\n"
      "  vldrb.8 q0, [%[third]], #16\n"
      "  vaddva.s8 %[c], q0\n"
      "  vldrb.8 q1, [%[fourth]], #16\n"
      "  vaddva.s8 %[d], q1\n"
      "  letp lr, 2b\n"
      "3:\n"
      "  subs %[left], #1\n"
      "  ble 4f\n"
      "  ldr lr, [%[quad], #44]\n"
      "  add %[first], lr\n"
      "  add %[second], lr\n"
      "  add %[third], lr\n"
      "  add %[fourth], lr\n"
      "  ldr lr, [%[quad], #32]\n"
      "  b 1b\n"
      "4:\n"
      "  vmov %q[sums][2], %q[sums][0], %[a], %[c]\n"
      "  vmov %q[sums][3], %q[sums][1], %[b], %[d]\n"
      : [a] "+Te"(a), [b] "+Te"(b), [c] "+Te"(c), [d] "+Te"(d), [first] "=&r"(first), [second] "=&r"(second),
        [third] "=&r"(third), [fourth] "=&r"(fourth), [left] "=&r"(left), [sums] "=w"(sums)
      : [quad] "r"(&quad)
      : "lr", "q0", "q1", "cc", "memory");
  return sums;
}

Quad quad_of(const Products& by, ptrdiff_t channel, ptrdiff_t count) {
  Quad quad;
  const bool is_any = by.segments > 0;
  const ptrdiff_t read = (by.length + kVector - 1) / kVector * kVector;
  quad.length = is_any ? by.length : 0;
  quad.segments = by.segments;
  quad.to_next_input = by.of_segment - read;
  quad.to_next_weights = by.weights_of_segment - read;
  quad.to_next_place = by.of_place - (is_any ? (by.segments - 1) * by.of_segment + read : 0);
  quad.out_of_place = by.out_of_place;
  quad.places = by.places;
  const uint32x4_t each = numbers(count);
  const auto weights = reinterpret_cast<uintptr_t>(by.weights + channel * by.of_channel);
  vst1q_u32(reinterpret_cast<uint32_t*>(quad.weights),
            vaddq_n_u32(vmulq_n_u32(each, static_cast<uint32_t>(by.of_channel)), weights));
  // Sums begin with the bias, and the offset times the sum of the weights.
  int32x4_t begin = vdupq_n_s32(0);
  if (by.bias != nullptr) begin = vldrwq_gather_shifted_offset_s32(by.bias + channel, each);
  if (by.offset != 0) begin = vmlaq_n_s32(begin, sum_weights(quad), by.offset);
  vst1q_s32(quad.begin, begin);
  return quad;
}

QuadScale scale_of(const Scaling& by, ptrdiff_t channel, ptrdiff_t count) {
  const uint32x4_t index = vmulq_n_u32(numbers(count), static_cast<uint32_t>(by.step));
  QuadScale scale;
  scale.multiplier = vldrwq_gather_shifted_offset_s32(by.multipliers + channel * by.step, index);
  scale.shift = vldrwq_gather_shifted_offset_s32(by.shifts + channel * by.step, index);
  scale.is_narrow = (vcmpgeq_n_s32(scale.multiplier, 0) & vcmpleq_n_s32(scale.shift, 0) &
                     vcmpgeq_n_s32(scale.shift, -31)) == mve_pred16_t{0xffff};
  return scale;
}

// Writes each place, requantized as by requantize_narrow(). At least one.
__attribute__((noinline)) void multiply_places(Quad& quad, const QuadScale& scale, const Output& output,
                                               const int8_t* input, int8_t* to) {
  const Limits limits(output);
  uint32_t a, b, c, d;
  const int8_t *first, *second, *third, *fourth;
  ptrdiff_t left;
  asm volatile(
      "1:\n"
      "  ldrd %[a], %[b], [%[quad]]\n"
      "  ldrd %[c], %[d], [%[quad], #8]\n"
      "  ldrd %[first], %[second], [%[quad], #16]\n"
      "  ldrd %[third], %[fourth], [%[quad], #24]\n"
      "  ldrd lr, %[left], [%[quad], #32]\n"
      "2:\n"
      "  wlstp.8 lr, lr, 4f\n"
      "3:\n"
      "  vldrb.8 q0, [%[input]], #16\n"
      "  vldrb.8 q1, [%[first]], #16\n"
      "  vmladava.s8 %[a], q0, q1\n"
      "  vldrb.8 q1, [%[second]], #16\n"
      "  vmladava.s8 %[b], q0, q1\n"
      "  vldrb.8 q1, [%[third]], #16\n"
      "  vmladava.s8 %[c], q0, q1\n"
      "  vldrb.8 q1, [%[fourth]], #16\n"
      "  vmladava.s8 %[d], q0, q1\n"
      "  letp lr, 3b\n"
      "4:\n"
      "  subs %[left], #1\n"
      "  ble 5f\n"
      "  ldr lr, [%[quad], #40]\n"
      "  add %[input], lr\n"
      "  ldr lr, [%[quad], #44]\n"
      "  add %[first], lr\n"
      "  add %[second], lr\n"
      "  add %[third], lr\n"
      "  add %[fourth], lr\n"
      "  ldr lr, [%[quad], #32]\n"
      "  b 2b\n"
      "5:\n"
      "  vmov q0[2], q0[0], %[a], %[c]\n"
      "  vmov q0[3], q0[1], %[b], %[d]\n"
      "  vstrw.32 q0, [%[quad], #60]\n"
      "  vqrdmulh.s32 q0, q0, %q[multiplier]\n"
      "  vand q1, q0, %q[shift]\n"
      "  vshr.s32 q1, q1, #31\n"
      "  vadd.i32 q0, q0, q1\n"
      "  vrshl.s32 q0, q0, %q[shift]\n"
      "  vadd.i32 q0, q0, %q[offset]\n"
      "  vmax.s32 q0, q0, %q[least]\n"
      "  vmin.s32 q0, q0, %q[most]\n"
      "  vstrb.32 q0, [%[to]]\n"
      "  ldrd %[a], %[b], [%[quad], #48]\n"
      "  add %[input], %[a]\n"
      "  add %[to], %[b]\n"
      "  ldr %[c], [%[quad], #56]\n"
      "  subs %[c], #1\n"
      "  str %[c], [%[quad], #56]\n"
      "  bne 1b\n"
      : [input] "+r"(input), [to] "+l"(to), [a] "=&Te"(a), [b] "=&Te"(b), [c] "=&Te"(c), [d] "=&Te"(d),
        [first] "=&r"(first), [second] "=&r"(second), [third] "=&r"(third), [fourth] "=&r"(fourth), [left] "=&r"(left)
      : [quad] "r"(&quad), [multiplier] "w"(scale.multiplier), [shift] "w"(scale.shift),
        [offset] "w"(vdupq_n_s32(limits.offset)), [least] "w"(limits.least), [most] "w"(limits.most)
      : "lr", "q0", "q1", "cc", "memory");
}

// Fewer channels, or of whatever multipliers and shifts: one by one.
void multiply_each_place(const Products& by, ptrdiff_t channel, ptrdiff_t count, Quad& quad, const QuadScale& scale) {
  const Scaling& scaling = by.scaling;
  for (ptrdiff_t place = 0; place < by.places; ++place) {
    int8_t other[kQuad];
    quad.places = 1;
    multiply_places(quad, scale, scaling.output, by.input + place * by.of_place, other);
    int8_t* const to = by.out + place * by.out_of_place + channel;
    for (ptrdiff_t at = 0; at < count; ++at) {
      const ptrdiff_t from = (channel + at) * scaling.step;
      to[at] = scaling.output.of(quad.sums[at], scaling.multipliers[from], scaling.shifts[from]);
    }
  }
}

}  // namespace

void multiply(const Products& by) {
  if (by.places <= 0) return;
  const ptrdiff_t count = by.channels < kQuad ? by.channels : kQuad;
  const ptrdiff_t last = by.channels - count;
  for (ptrdiff_t at = 0; at < by.channels; at += kQuad) {
    const ptrdiff_t channel = at < last ? at : last;  // Some are computed twice.
    Quad quad = quad_of(by, channel, count);
    const QuadScale scale = scale_of(by.scaling, channel, count);
    if (scale.is_narrow && count == kQuad) {
      multiply_places(quad, scale, by.scaling.output, by.input, by.out + channel);
    } else {
      multiply_each_place(by, channel, count, quad, scale);
    }
  }
}

void copy(const Segments& by) {
  const ptrdiff_t length = by.length;
  const ptrdiff_t read = (length + kVector - 1) / kVector * kVector;
  const ptrdiff_t to_next_from = by.from_of_place - read;
  const ptrdiff_t to_next_to = by.to_of_place - read;
  for (ptrdiff_t segment = 0; segment < by.count; ++segment) {
    const int8_t* from = by.from + segment * by.of_from;
    int8_t* to = by.to + segment * by.of_to;
    for (ptrdiff_t place = by.places; place > 0; --place, from += to_next_from, to += to_next_to) {
      asm volatile(
          "  wlstp.8 lr, %[count], 2f\n"
          "1:\n"
          "  vldrb.8 q0, [%[from]], #16\n"
          "  vstrb.8 q0, [%[to]], #16\n"
          "  letp lr, 1b\n"
          "2:\n"
          : [from] "+r"(from), [to] "+r"(to)
          : [count] "r"(length)
          : "lr", "q0", "memory");
    }
  }
}

void fill(int8_t* to, int8_t with, ptrdiff_t count) {
  const int8x16_t all = vdupq_n_s8(with);
  for (; count > 0; count -= kVector, to += kVector) vstrbq_p_s8(to, all, vctp8q(static_cast<uint32_t>(count)));
}

}  // namespace etbuild::kernels::cortex_m::mve
#endif
