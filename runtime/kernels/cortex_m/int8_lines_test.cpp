// Lines, runs and softmax by the processor's own instructions and in plain C++ write the same bytes, which are those of
// the definition: random shapes, with remainders, zero points beyond bytes, scalings of all kinds, and nothing around
// the outputs touched.

#include "int8_lines.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "int8_runs.h"
#include "runtime/testing/check.h"
#include "softmax_line.h"

namespace etbuild::kernels::cortex_m {
namespace {

class Random {
 public:
  int32_t next(int32_t least, int32_t most) {
    state_ = state_ * 1664525 + 1013904223;
    const uint64_t range = static_cast<uint64_t>(int64_t{most} - least + 1);
    return static_cast<int32_t>(least + static_cast<int64_t>((state_ * range) >> 32));
  }
  template <size_t kCount>
  void fill(int8_t (&bytes)[kCount]) {
    for (int8_t& byte : bytes) byte = static_cast<int8_t>(next(-128, 127));
  }

 private:
  uint32_t state_ = 7;
};

constexpr int kRoom = 2560;
constexpr int kOutRoom = 512;
constexpr int kMostChannels = 40;
constexpr int8_t kUntouched = 99;

// Shared by the tests: boards have little memory.
struct Memory {
  Random random;
  int8_t input[kRoom];
  int8_t weights[kRoom];
  int8_t own[kOutRoom];
  int8_t plain[kOutRoom];
  int32_t bias[kMostChannels];
  int32_t multipliers[kMostChannels];
  int32_t shifts[kMostChannels];
  Output output;

  void renew(int kind) {
    random.fill(input);
    random.fill(weights);
    if (random.next(0, 3) == 0) std::memset(weights, -128, sizeof(weights));
    std::memset(own, kUntouched, sizeof(own));
    std::memset(plain, kUntouched, sizeof(plain));
    for (int at = 0; at < kMostChannels; ++at) {
      bias[at] = random.next(-200000, 200000);
      multipliers[at] = random.next(kind == 2 ? INT32_MIN : 1 << 30, INT32_MAX);
      shifts[at] = kind == 0 ? random.next(-12, -5) : kind == 1 ? random.next(-31, 0) : random.next(-62, 31);
    }
    output = {random.next(-128, 127), random.next(-128, 0), random.next(0, 127)};
  }
  int32_t offset() { return random.next(0, 5) == 0 ? random.next(INT32_MIN, INT32_MAX) : random.next(-127, 128); }
  bool same() const { return std::memcmp(own, plain, sizeof(own)) == 0; }
};

Memory memory;

// What requantize() says that it does, in 64 bits throughout.
int32_t requantized(int32_t value, int32_t multiplier, int32_t shift) {
  const auto left = static_cast<uint64_t>(static_cast<int64_t>(value)) << (shift > 0 ? shift : 0);
  const auto product = static_cast<int64_t>(left * static_cast<uint64_t>(int64_t{multiplier}) + (uint64_t{1} << 30));
  const int64_t doubled = product >> 31;
  if (shift >= 0) return static_cast<int32_t>(doubled);
  const int64_t divisor = int64_t{1} << -shift;
  const int64_t size = doubled < 0 ? -doubled : doubled;
  const int64_t rounded = size / divisor + (size % divisor * 2 >= divisor ? 1 : 0);
  return static_cast<int32_t>(doubled < 0 ? -rounded : rounded);
}

int8_t written(uint32_t sum, int32_t multiplier, int32_t shift, const Output& output) {
  const auto moved = static_cast<uint32_t>(requantized(static_cast<int32_t>(sum), multiplier, shift)) +
                     static_cast<uint32_t>(output.offset);
  const auto value = static_cast<int32_t>(moved);
  return static_cast<int8_t>(value < output.least ? output.least : value > output.most ? output.most : value);
}

uint32_t product_of(int8_t element, int32_t offset, int8_t weight) {
  const auto left = static_cast<uint32_t>(int32_t{element}) + static_cast<uint32_t>(offset);
  return left * static_cast<uint32_t>(int32_t{weight});
}

// One output by definition.
int8_t defined(const Products& by, ptrdiff_t place, ptrdiff_t channel) {
  auto sum = static_cast<uint32_t>(by.bias == nullptr ? 0 : by.bias[channel]);
  for (ptrdiff_t segment = 0; segment < by.segments; ++segment) {
    for (ptrdiff_t at = 0; at < by.length; ++at) {
      sum += product_of(by.input[place * by.of_place + segment * by.of_segment + at], by.offset,
                        by.weights[channel * by.of_channel + segment * by.weights_of_segment + at]);
    }
  }
  return written(sum, by.scaling.multipliers[channel * by.scaling.step], by.scaling.shifts[channel * by.scaling.step],
                 by.scaling.output);
}

int8_t defined(const EachLine& by, ptrdiff_t place, ptrdiff_t channel) {
  auto sum = static_cast<uint32_t>(by.bias == nullptr ? 0 : by.bias[channel]);
  for (ptrdiff_t row = 0; row < by.rows; ++row) {
    for (ptrdiff_t column = 0; column < by.size; ++column) {
      const ptrdiff_t at = place * by.stride - by.padding + column * by.dilation;
      if (at < 0 || at >= by.columns) continue;
      sum += product_of(by.input[row * by.of_row + at * by.of_column + (by.is_one_channel ? 0 : channel)], by.offset,
                        by.weights[row * by.weights_of_row + column * by.channels + channel]);
    }
  }
  return written(sum, by.scaling.multipliers[channel], by.scaling.shifts[channel], by.scaling.output);
}

template <typename Line>
bool is_as_defined(const Line& by, ptrdiff_t places, ptrdiff_t channels, ptrdiff_t out_of_place) {
  for (ptrdiff_t place = 0; place < places; ++place) {
    for (ptrdiff_t channel = 0; channel < channels; ++channel) {
      if (memory.own[place * out_of_place + channel] != defined(by, place, channel)) return false;
    }
  }
  return true;
}

TEST(products_are_as_defined_and_as_in_plain_cpp) {
  Random& random = memory.random;
  for (int round = 0; round < 300; ++round) {
    memory.renew(round % 3);
    Products by = {};
    by.length = random.next(0, 70);
    by.segments = by.length == 0 ? 0 : random.next(0, 3);
    by.places = random.next(1, 4);
    by.channels = random.next(1, 12);
    by.input = memory.input + random.next(0, 3);
    by.of_segment = by.length + random.next(0, 9);
    by.of_place = random.next(0, 80);
    by.weights = memory.weights + random.next(0, 3);
    by.weights_of_segment = by.length;
    by.of_channel = by.segments * by.length;
    by.bias = random.next(0, 2) == 0 ? nullptr : memory.bias;
    by.offset = memory.offset();
    by.scaling = {memory.multipliers, memory.shifts, random.next(0, 1), memory.output};
    by.out = memory.own;
    by.out_of_place = by.channels + random.next(0, 3);
    fitting::multiply(by);
    CHECK(is_as_defined(by, by.places, by.channels, by.out_of_place));
    by.out = memory.plain;
    plain::multiply(by);
    CHECK(memory.same());
  }
}

TEST(channels_with_weights_of_their_own_are_as_defined_and_as_in_plain_cpp) {
  Random& random = memory.random;
  for (int round = 0; round < 300; ++round) {
    memory.renew(round % 3);
    EachLine by = {};
    by.channels = random.next(1, kMostChannels);
    by.is_one_channel = random.next(0, 2) == 0;
    by.rows = random.next(0, 3);
    by.columns = random.next(1, 7);
    by.of_column = (by.is_one_channel ? 1 : by.channels) + random.next(0, 2);
    by.of_row = by.columns * by.of_column;
    by.input = memory.input;
    by.size = random.next(1, 4);
    by.stride = random.next(1, 3);
    by.dilation = random.next(1, 3);
    by.padding = random.next(0, static_cast<int32_t>(by.size));
    by.places = random.next(1, 6);
    by.weights = memory.weights + random.next(0, 3);
    by.weights_of_row = by.size * by.channels;
    by.bias = random.next(0, 2) == 0 ? nullptr : memory.bias;
    by.offset = random.next(0, 5) == 0 ? random.next(-32000, 32000) : random.next(-127, 128);
    by.scaling = {memory.multipliers, memory.shifts, 1, memory.output};
    by.out = memory.own;
    by.out_of_place = by.channels + random.next(0, 3);
    fitting::multiply_each(by);
    CHECK(is_as_defined(by, by.places, by.channels, by.out_of_place));
    by.out = memory.plain;
    plain::multiply_each(by);
    CHECK(memory.same());
  }
}

TEST(segments_are_copied_and_nothing_beside_them) {
  for (ptrdiff_t length = 0; length < 40; ++length) {
    memory.renew(0);
    const Segments by = {memory.input, length + 3, memory.own, length + 2, 2, length, 3, 5, 2 * length + 4};
    fitting::copy(by);
    for (ptrdiff_t place = 0; place < 3; ++place) {
      for (ptrdiff_t segment = 0; segment < 2; ++segment) {
        const int8_t* to = memory.own + (2 * place + segment) * (length + 2);
        const int8_t* from = memory.input + place * 5 + segment * (length + 3);
        CHECK(std::memcmp(to, from, static_cast<size_t>(length)) == 0);
        CHECK(to[length] == kUntouched && to[length + 1] == kUntouched);
      }
    }
  }
}

PairRun random_run() {
  Random& random = memory.random;
  PairRun run = {memory.input, memory.input + 300, memory.own, random.next(0, 2), random.next(0, 2), 1, 0};
  run.count = random.next(0, 70);
  if (random.next(0, 4) == 0) run.to_step = 3;
  return run;
}

TEST(sums_and_products_of_pairs_are_as_defined_and_as_in_plain_cpp) {
  Random& random = memory.random;
  for (int round = 0; round < 300; ++round) {
    memory.renew(round % 3);
    const int32_t* multipliers = memory.multipliers;
    const int32_t* shifts = memory.shifts;
    const Addition sum = {{static_cast<uint32_t>(memory.offset()), multipliers[0], shifts[0]},
                          {static_cast<uint32_t>(memory.offset()), multipliers[1], shifts[1]},
                          multipliers[2],
                          shifts[2],
                          memory.output};
    PairRun run = random_run();
    for_runs::add(run, sum);
    for (ptrdiff_t at = 0; at < run.count; ++at) {
      const auto scaled = [](const Scaled& by, int8_t element) {
        const auto moved = (static_cast<uint32_t>(int32_t{element}) - by.zero_point) << 20;
        return static_cast<uint32_t>(requantized(static_cast<int32_t>(moved), by.multiplier, by.shift));
      };
      const uint32_t added =
          scaled(sum.left, run.left[at * run.left_step]) + scaled(sum.right, run.right[at * run.right_step]);
      CHECK(run.to[at * run.to_step] == written(added, sum.multiplier, sum.shift, sum.output));
    }
    run.to = memory.plain;
    plain::add(run, sum);
    CHECK(memory.same());
    const Multiplication product = {static_cast<uint32_t>(memory.offset()), static_cast<uint32_t>(random.next(-9, 9)),
                                    multipliers[3], shifts[3], memory.output};
    plain::multiply(run, product);
    run.to = memory.own;
    for_runs::multiply(run, product);
    CHECK(memory.same());
  }
}

TEST(tables_and_windows_give_the_same_as_in_plain_cpp) {
  Random& random = memory.random;
  for (int round = 0; round < 200; ++round) {
    memory.renew(0);
    const ptrdiff_t count = random.next(0, 70);
    for_runs::look_up(memory.input, memory.weights, memory.own, count);
    for (ptrdiff_t at = 0; at < count; ++at) CHECK(memory.own[at] == memory.weights[memory.input[at] + 128]);
    plain::look_up(memory.input, memory.weights, memory.plain, count);
    CHECK(memory.same());
    CoveredRuns covered = {memory.input, random.next(1, 4), 0, random.next(1, 4), 0, random.next(1, kMostChannels)};
    covered.of_column = covered.channels + random.next(0, 2);
    covered.of_row = 4 * covered.of_column;
    for_runs::write_greatest(covered, memory.output, memory.own);
    plain::write_greatest(covered, memory.output, memory.plain);
    CHECK(memory.same());
    covered.channels = random.next(1, 8);
    float own[8];
    float plain[8];
    const Mean mean = {static_cast<float>(random.next(-128, 127)),
                       static_cast<float>(random.next(1, 1 << 20)) * (round % 2 == 0 ? 1e-6f : 1e-39f)};
    for_runs::sum_channels(covered, mean, own);
    plain::sum_channels(covered, mean, plain);
    for (ptrdiff_t at = 0; at < covered.channels; ++at) CHECK(own[at] == plain[at]);
    int32_t sum = 0;
    for (ptrdiff_t at = 0; at < count; ++at) sum += memory.input[at];
    CHECK(for_runs::sum_of(memory.input, count) == sum && plain::sum_of(memory.input, count) == sum);
  }
}

TEST(softmax_is_within_a_step_of_its_definition_and_as_in_plain_cpp) {
  Random& random = memory.random;
  for (int round = 0; round < 200; ++round) {
    memory.renew(0);
    SoftmaxLine line = {memory.input, 1, memory.own, 1, random.next(1, 70), 0, 0};
    if (round % 5 == 0) line.to_step = 2;
    if (round % 7 == 0) line.from_step = 3;
    line.zero_point = static_cast<float>(random.next(-128, 127));
    line.scale = static_cast<float>(random.next(1, 1 << 20)) * (round % 9 == 0   ? 1e-39f
                                                                : round % 2 == 0 ? 1e-7f
                                                                                 : 1e-5f);
    for_softmax::write_softmax(line);
    const auto at = [&line](ptrdiff_t place) {
      return (static_cast<double>(line.from[place * line.from_step]) - double{line.zero_point}) * double{line.scale};
    };
    double most = at(0);
    for (ptrdiff_t place = 1; place < line.count; ++place) most = std::max(most, at(place));
    double sum = 0;
    for (ptrdiff_t place = 0; place < line.count; ++place) sum += std::exp(at(place) - most);
    for (ptrdiff_t place = 0; place < line.count; ++place) {
      const double value = std::min(std::exp(at(place) - most) / sum * 256 - 128, 127.0);
      CHECK(std::fabs(line.to[place * line.to_step] - value) <= 0.501);
    }
    line.to = memory.plain;
    plain::write_softmax(line);
    CHECK(memory.same());
  }
}

}  // namespace
}  // namespace etbuild::kernels::cortex_m

TEST_MAIN()
