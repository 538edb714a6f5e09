// Lines of int8 images whose channels have weights of their own, by the vectors of Armv8.1-M.

#include "int8_lines.h"

#if ET_INT8_MVE
#include "each_place.h"
#include "vectors_mve.h"

// Sums stay in registers only if the loops over them are gone; clang sees to that by itself.
#if defined(__clang__)
#define UNROLLED
#else
#define UNROLLED _Pragma("GCC unroll 4")
#endif

namespace etbuild::kernels::cortex_m::mve {
namespace {

constexpr ptrdiff_t kMostChannels = 16;

// What the sums of up to 16 channels begin with, and how they are scaled.
struct Channels {
  Channels(const EachLine& by, ptrdiff_t channel, ptrdiff_t channels, bool is_one)
      : count(channels), is_in_order(is_one) {
    for (ptrdiff_t at = 0; at < kMostChannels; ++at) {
      const ptrdiff_t from = channel + (place_of(at) < count ? place_of(at) : 0);
      begin[at] = by.bias == nullptr ? 0 : by.bias[from];
      multipliers[at] = by.scaling.multipliers[from];
      shifts[at] = by.scaling.shifts[from];
      are_narrow = are_narrow && is_narrow(multipliers[at], shifts[at]);
    }
  }

  ptrdiff_t place_of(ptrdiff_t at) const { return is_in_order ? at : at / 8 * 8 + at / 4 % 2 + at % 4 * 2; }

  ptrdiff_t count;
  bool is_in_order;
  bool are_narrow = true;  // No intermediate result of requantize() has more than 32 bits.
  alignas(8) int32_t begin[kMostChannels];
  alignas(8) int32_t multipliers[kMostChannels];
  alignas(8) int32_t shifts[kMostChannels];
};

// One by one, by whatever multipliers and shifts.
__attribute__((noinline)) void store_each(const Channels& channels, const int32_t* sums, const Output& output,
                                          int8_t* to) {
  for (ptrdiff_t at = 0; at < kMostChannels; ++at) {
    const ptrdiff_t place = channels.place_of(at);
    if (place < channels.count) to[place] = output.of(sums[at], channels.multipliers[at], channels.shifts[at]);
  }
}

// Two pairs of vectors of four sums each, or one pair of fewer than 16 channels. Of a pair one has the even, the other
// the odd ones of eight channels, as products of 16 bits come. Two pairs where one channel is all that there is to see
// are in order.
template <int kPairs, bool kIsOne>
class EachVectors {
 public:
  static constexpr ptrdiff_t kChannels = ptrdiff_t{8} * kPairs;

  EachVectors(const EachLine& line, ptrdiff_t channel, ptrdiff_t count)
      : by_(line), channels_(line, channel, count, kIsOne) {}

  void write(const Taps& taps, int8_t* to) const {
    int32x4_t sums[2 * kPairs];
    UNROLLED
    for (int at = 0; at < 2 * kPairs; ++at) sums[at] = vld1q_s32(channels_.begin + 4 * at);
    const int8_t* row = taps.input;
    const int8_t* weights_of_row = taps.weights;
    const ptrdiff_t of_column = by_.of_column * by_.dilation;
    const ptrdiff_t of_weights = by_.channels;
    const int32_t offset = by_.offset;
    const uint16x8_t places = vmulq_n_u16(vidupq_n_u16(0, 1), by_.is_one_channel ? 0 : 1);
    const mve_pred16_t some = vctp16q(static_cast<uint32_t>(channels_.count));
    for (ptrdiff_t y = by_.rows; y > 0; --y, row += by_.of_row, weights_of_row += by_.weights_of_row) {
      const int8_t* input = row;
      const int8_t* weights = weights_of_row;
      for (ptrdiff_t x = taps.columns; x > 0; --x, input += of_column, weights += of_weights) {
        if constexpr (kIsOne) {
          add_one(sums, *input + offset, weights);
        } else if constexpr (kPairs == 1) {
          add(sums, vldrbq_gather_offset_z_s16(input, places, some), offset, vldrbq_z_s16(weights, some));
        } else {
          add(sums, vldrbq_s16(input), offset, vldrbq_s16(weights));
          add(sums + 2, vldrbq_s16(input + 8), offset, vldrbq_s16(weights + 8));
        }
      }
    }
    store(sums, to);
  }

 private:
  static void add_one(int32x4_t (&sums)[2 * kPairs], int32_t element, const int8_t* weights) {
    UNROLLED
    for (int at = 0; at < 2 * kPairs; ++at) sums[at] = vmlaq_n_s32(sums[at], vldrbq_s32(weights + 4 * at), element);
  }

  static void add(int32x4_t* sums, int16x8_t elements, int32_t offset, int16x8_t weights) {
    elements = vaddq_n_s16(elements, static_cast<int16_t>(offset));
    sums[0] = vaddq_s32(sums[0], vmullbq_int_s16(elements, weights));
    sums[1] = vaddq_s32(sums[1], vmulltq_int_s16(elements, weights));
  }

  void store(const int32x4_t (&sums)[2 * kPairs], int8_t* to) const {
    if (!channels_.are_narrow) {
      int32_t each[kMostChannels];
      UNROLLED
      for (int at = 0; at < 2 * kPairs; ++at) vst1q_s32(each + 4 * at, sums[at]);
      return store_each(channels_, each, by_.scaling.output, to);
    }
    const Limits limits(by_.scaling.output);
    const uint32x4_t places = kIsOne ? vidupq_n_u32(0, 1) : vidupq_n_u32(0, 2);
    UNROLLED
    for (int at = 0; at < 2 * kPairs; ++at) {
      const int32x4_t scaled = limits.cut(
          requantize_narrow(sums[at], vld1q_s32(channels_.multipliers + 4 * at), vld1q_s32(channels_.shifts + 4 * at)));
      int8_t* const from = to + (kIsOne ? 4 * at : at / 2 * 8 + at % 2);
      const mve_pred16_t some = vctp32q(static_cast<uint32_t>(channels_.count + 1 - at) / 2);
      if constexpr (kPairs == 1) {
        vstrbq_scatter_offset_p_s32(from, places, scaled, some);
      } else {
        vstrbq_scatter_offset_s32(from, places, scaled);
      }
    }
  }

  const EachLine& by_;
  Channels channels_;
};

template <typename Block>
ptrdiff_t multiply_blocks(const EachLine& by, ptrdiff_t channel, ptrdiff_t least) {
  for (; channel + least <= by.channels; channel += Block::kChannels) {
    const ptrdiff_t left = by.channels - channel;
    write_places(by, Block(by, channel, left < Block::kChannels ? left : Block::kChannels), channel);
  }
  return channel;
}

}  // namespace

void multiply_each(const EachLine& by) {
  const ptrdiff_t channel = by.is_one_channel ? multiply_blocks<EachVectors<2, true>>(by, 0, kMostChannels)
                                              : multiply_blocks<EachVectors<2, false>>(by, 0, kMostChannels);
  multiply_blocks<EachVectors<1, false>>(by, channel, 1);
}

}  // namespace etbuild::kernels::cortex_m::mve
#endif
