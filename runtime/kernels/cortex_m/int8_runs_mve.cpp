// Runs of int8 by the vectors of Armv8.1-M.

#include "int8_runs.h"

#if ET_INT8_MVE
#include <arm_mve.h>

namespace etbuild::kernels::cortex_m::mve {
namespace {

inline int32x4_t requantize_narrow(int32x4_t values, int32_t multiplier, int32_t shift) {
  values = vqrdmulhq_n_s32(values, multiplier);
  // Halves are rounded up; negative numbers that are shifted lose 1 before that, so that theirs go down.
  values = vmlaq_n_s32(values, vshrq_n_s32(values, 31), shift < 0 ? 1 : 0);
  return vrshlq_n_s32(values, shift);
}

inline int32x4_t scaled(int32x4_t values, const Scaled& by) {
  values = vshlq_n_s32(vsubq_n_s32(values, static_cast<int32_t>(by.zero_point)), 20);
  return requantize_narrow(values, by.multiplier, by.shift);
}

inline int32x4_t cut(int32x4_t values, const Output& output) {
  values = vaddq_n_s32(values, output.offset);
  return vminq_s32(vmaxq_s32(values, vdupq_n_s32(output.least)), vdupq_n_s32(output.most));
}

// An input whose elements lie beside each other; or four copies of the one that stands for all.
struct Elements {
  Elements(const int8_t* elements, ptrdiff_t step) : from(step == 0 ? copies : elements), of_four(4 * step) {
    for (int8_t& copy : copies) copy = *elements;
  }

  const int8_t* from;
  ptrdiff_t of_four;
  int8_t copies[4];
};

// Writes number(left, right) for four elements at a time. False: they lie otherwise, and nothing is done.
template <typename Number>
bool each_four(const PairRun& run, const Number& number) {
  const auto is_line = [](ptrdiff_t step) { return step == 0 || step == 1; };
  if (run.count < 1 || !is_line(run.left_step) || !is_line(run.right_step) || run.to_step != 1) return false;
  const Elements lefts(run.left, run.left_step);
  const Elements rights(run.right, run.right_step);
  const int8_t* left = lefts.from;
  const int8_t* right = rights.from;
  int8_t* to = run.to;
  ptrdiff_t rest = run.count;
  for (; rest >= 8; rest -= 8) {
    const int32x4_t first = number(vldrbq_s32(left), vldrbq_s32(right));
    const int32x4_t second = number(vldrbq_s32(left + lefts.of_four), vldrbq_s32(right + rights.of_four));
    vstrbq_s32(to, first);
    vstrbq_s32(to + 4, second);
    left += 2 * lefts.of_four;
    right += 2 * rights.of_four;
    to += 8;
  }
  for (; rest > 0; rest -= 4) {
    const mve_pred16_t some = vctp32q(static_cast<uint32_t>(rest));
    vstrbq_p_s32(to, number(vldrbq_z_s32(left, some), vldrbq_z_s32(right, some)), some);
    left += lefts.of_four;
    right += rights.of_four;
    to += 4;
  }
  return true;
}

// As sum_channels(): load(from) reads up to eight elements that lie beside each other.
template <typename Load>
void add_up(const CoveredRuns& covered, const Mean& mean, float (&sums)[8], const Load& load) {
  float32x4_t even = vdupq_n_f32(0);
  float32x4_t odd = even;
  const float scale = mean.scale;
  const auto zero_point = static_cast<int16_t>(mean.zero_point);
  const ptrdiff_t of_column = covered.of_column;
  const int8_t* row = covered.from;
  for (ptrdiff_t y = covered.rows; y > 0; --y, row += covered.of_row) {
    const int8_t* from = row;
    for (ptrdiff_t x = covered.columns; x > 0; --x, from += of_column) {
      const int16x8_t elements = vsubq_n_s16(load(from), zero_point);
      even = vaddq_f32(even, vmulq_n_f32(vcvtq_f32_s32(vmovlbq_s16(elements)), scale));
      odd = vaddq_f32(odd, vmulq_n_f32(vcvtq_f32_s32(vmovltq_s16(elements)), scale));
    }
  }
  const uint32x4_t places = vidupq_n_u32(0, 2);
  vstrwq_scatter_shifted_offset_f32(sums, places, even);
  vstrwq_scatter_shifted_offset_f32(sums + 1, places, odd);
}

}  // namespace

void add(const PairRun& run, const Addition& by) {
  const Addition own = by;
  const auto sum = [&own](int32x4_t left, int32x4_t right) {
    const int32x4_t added = vaddq_s32(scaled(left, own.left), scaled(right, own.right));
    return cut(requantize_narrow(added, own.multiplier, own.shift), own.output);
  };
  if (!is_narrow(by.left.multiplier, by.left.shift) || !is_narrow(by.right.multiplier, by.right.shift) ||
      !is_narrow(by.multiplier, by.shift) || !each_four(run, sum)) {
    plain::add(run, by);
  }
}

void multiply(const PairRun& run, const Multiplication& by) {
  const Multiplication own = by;
  const auto product = [&own](int32x4_t left, int32x4_t right) {
    const int32x4_t multiplied = vmulq_s32(vsubq_n_s32(left, static_cast<int32_t>(own.left_zero)),
                                           vsubq_n_s32(right, static_cast<int32_t>(own.right_zero)));
    return cut(requantize_narrow(multiplied, own.multiplier, own.shift), own.output);
  };
  if (!is_narrow(by.multiplier, by.shift) || !each_four(run, product)) plain::multiply(run, by);
}

// Loops whose last round works on what is left, and reads no more; compilers make none of intrinsics.
void look_up(const int8_t* from, const int8_t* table, int8_t* to, ptrdiff_t count) {
  if (count <= 0) return;
  const uint8x16_t half = vdupq_n_u8(128);
  asm volatile(
      "  dlstp.8 lr, %[count]\n"
      "1:\n"
      "  vldrb.8 q0, [%[from]], #16\n"
      "  veor q0, q0, %q[half]\n"
      "  vldrb.u8 q1, [%[table], q0]\n"
      "  vstrb.8 q1, [%[to]], #16\n"
      "  letp lr, 1b\n"
      : [from] "+r"(from), [to] "+r"(to)
      : [count] "r"(count), [table] "r"(table), [half] "w"(half)
      : "lr", "q0", "q1", "memory");
}

void write_greatest(const CoveredRuns& covered, const Output& output, int8_t* to) {
  const int8x16_t least = vdupq_n_s8(static_cast<int8_t>(output.least));
  const int8x16_t most = vdupq_n_s8(static_cast<int8_t>(output.most));
  for (ptrdiff_t channel = 0; channel < covered.channels; channel += 16) {
    const mve_pred16_t some = vctp8q(static_cast<uint32_t>(covered.channels - channel));
    int8x16_t greatest = least;
    const int8_t* row = covered.from + channel;
    for (ptrdiff_t y = covered.rows; y > 0; --y, row += covered.of_row) {
      const int8_t* from = row;
      for (ptrdiff_t x = covered.columns; x > 0; --x, from += covered.of_column) {
        greatest = vmaxq_s8(greatest, vldrbq_z_s8(from, some));
      }
    }
    vstrbq_p_s8(to + channel, vminq_s8(greatest, most), some);
  }
}

void sum_channels(const CoveredRuns& covered, const Mean& mean, float (&sums)[8]) {
  // Vectors have no denormal numbers; an element without its zero point is to have 16 bits.
  if (!(mean.scale > 1e-30f) || !(mean.zero_point >= -32000.0f && mean.zero_point <= 32000.0f)) {
    return plain::sum_channels(covered, mean, sums);
  }
  if (covered.channels == 8) {
    add_up(covered, mean, sums, [](const int8_t* from) { return vldrbq_s16(from); });
  } else {
    const mve_pred16_t some = vctp16q(static_cast<uint32_t>(covered.channels));
    add_up(covered, mean, sums, [some](const int8_t* from) { return vldrbq_z_s16(from, some); });
  }
}

int32_t sum_of(const int8_t* from, ptrdiff_t count) {
  int32_t sum = 0;
  asm("  wlstp.8 lr, %[count], 2f\n"
      "1:\n"
      "  vldrb.8 q0, [%[from]], #16\n"
      "  vaddva.s8 %[sum], q0\n"
      "  letp lr, 1b\n"
      "2:\n"
      : [from] "+r"(from), [sum] "+Te"(sum)
      : [count] "r"(count)
      : "lr", "q0", "memory");
  return sum;
}

}  // namespace etbuild::kernels::cortex_m::mve
#endif
