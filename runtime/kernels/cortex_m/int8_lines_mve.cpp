// Lines of int8 images by the vectors of Armv8.1-M.

#include "int8_lines.h"

#if ET_INT8_MVE
#include "quads_mve.h"
// What follows needs them.
#include "lines_body.h"

// Sums stay in registers only if the loops over them are gone; clang sees to that by itself.
#if defined(__clang__)
#define UNROLLED
#else
#define UNROLLED _Pragma("GCC unroll 4")
#endif

namespace etbuild::kernels::cortex_m::mve {
namespace {

// Pairs of vectors of four sums each: one of a pair has the even, the other the odd ones of eight channels, as products
// of 16 bits come; where one channel is all that there is to see, they are in order.
template <int kPairs, bool kIsOne>
class EachVectors {
 public:
  static constexpr int kChannels = 8 * kPairs;

  EachVectors(const EachLine& line, ptrdiff_t channel) : by_(line) {
    for (int at = 0; at < kChannels; ++at) {
      const ptrdiff_t from = channel + (kIsOne ? at : at / 8 * 8 + at / 4 % 2 + at % 4 * 2);
      begin_[at] = line.bias == nullptr ? 0 : line.bias[from];
      multipliers_[at] = line.scaling.multipliers[from];
      shifts_[at] = line.scaling.shifts[from];
    }
  }

  // As in Scale.
  bool are_narrow() const {
    for (int at = 0; at < kChannels; ++at) {
      if (!is_narrow(multipliers_[at], shifts_[at])) return false;
    }
    return true;
  }

  void write(const Taps& taps, int8_t* to) const {
    int32x4_t sums[2 * kPairs];
    UNROLLED
    for (int at = 0; at < 2 * kPairs; ++at) sums[at] = vld1q_s32(begin_ + 4 * at);
    const int8_t* row = taps.input;
    const int8_t* weights_of_row = taps.weights;
    const ptrdiff_t of_column = by_.of_column * by_.dilation;
    const ptrdiff_t of_weights = by_.channels;
    const int32_t offset = by_.offset;
    for (ptrdiff_t y = by_.rows; y > 0; --y, row += by_.of_row, weights_of_row += by_.weights_of_row) {
      const int8_t* input = row;
      const int8_t* weights = weights_of_row;
      for (ptrdiff_t x = taps.columns; x > 0; --x, input += of_column, weights += of_weights) {
        add(sums, input, offset, weights);
      }
    }
    const Output output = by_.scaling.output;
    const uint32x4_t places = kIsOne ? vidupq_n_u32(0, 1) : vidupq_n_u32(0, 2);
    UNROLLED
    for (int at = 0; at < 2 * kPairs; ++at) {
      const int32x4_t scaled =
          requantize_narrow(sums[at], vld1q_s32(multipliers_ + 4 * at), vld1q_s32(shifts_ + 4 * at));
      vstrbq_scatter_offset_s32(to + (kIsOne ? 4 * at : at / 2 * 8 + at % 2), places, cut(scaled, output));
    }
  }

 private:
  static void add(int32x4_t (&sums)[2 * kPairs], const int8_t* input, int32_t offset, const int8_t* weights) {
    if constexpr (kIsOne) {
      const int32_t element = *input + offset;
      UNROLLED
      for (int at = 0; at < 2 * kPairs; ++at) sums[at] = vmlaq_n_s32(sums[at], vldrbq_s32(weights + 4 * at), element);
    } else {
      UNROLLED
      for (int pair = 0; pair < kPairs; ++pair) {
        const int16x8_t elements = vaddq_n_s16(vldrbq_s16(input + 8 * pair), static_cast<int16_t>(offset));
        const int16x8_t factors = vldrbq_s16(weights + 8 * pair);
        sums[2 * pair] = vaddq_s32(sums[2 * pair], vmullbq_int_s16(elements, factors));
        sums[2 * pair + 1] = vaddq_s32(sums[2 * pair + 1], vmulltq_int_s16(elements, factors));
      }
    }
  }

  const EachLine& by_;
  alignas(16) int32_t begin_[kChannels];
  alignas(16) int32_t multipliers_[kChannels];
  alignas(16) int32_t shifts_[kChannels];
};

template <int kPairs, bool kIsOne>
void multiply_vectors(const EachLine& by, ptrdiff_t channel) {
  using Block = EachVectors<kPairs, kIsOne>;
  const Block block(by, channel);
  if (block.are_narrow()) return write_places(by, block, channel);
  multiply_blocks<EachQuad>(by, channel, channel + Block::kChannels, kQuad);
}

}  // namespace

void multiply_each(const EachLine& by) {
  constexpr ptrdiff_t kWide = 16;
  constexpr ptrdiff_t kLeast = 8;
  // Elements plus the offset have 16 bits.
  if (by.channels < kLeast || by.offset < -32000 || by.offset > 32000) return multiply_quads(by);
  ptrdiff_t channel = 0;
  for (; channel + kWide <= by.channels; channel += kWide) {
    by.is_one_channel ? multiply_vectors<2, true>(by, channel) : multiply_vectors<2, false>(by, channel);
  }
  for (; channel < by.channels; channel += kLeast) {
    const ptrdiff_t from = channel < by.channels - kLeast ? channel : by.channels - kLeast;
    by.is_one_channel ? multiply_vectors<1, true>(by, from) : multiply_vectors<1, false>(by, from);
  }
}

}  // namespace etbuild::kernels::cortex_m::mve
#endif
