// Convolutions, transposed ones, those by channel and products of matrices, called as programs call them, write what
// their definitions say: random shapes, so that each way through the kernels is gone, and the borders between them.

#include <cstring>
#include <deque>
#include <vector>

#include "cortex_m_kernels.h"
#include "requantize.h"
#include "runtime/testing/check.h"
#include "runtime/testing/kernel_call.h"

namespace etbuild::kernels::cortex_m {
namespace {

using executorch::aten::ScalarType;
using executorch::runtime::BoxedEvalueList;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::KernelRuntimeContext;

class Random {
 public:
  int32_t next(int32_t least, int32_t most) {
    state_ = state_ * 1664525 + 1013904223;
    const uint64_t range = static_cast<uint64_t>(int64_t{most} - least + 1);
    return static_cast<int32_t>(least + static_cast<int64_t>((state_ * range) >> 32));
  }
  std::vector<int8_t> bytes(int32_t count) {
    std::vector<int8_t> made(static_cast<size_t>(count));
    for (int8_t& byte : made) byte = static_cast<int8_t>(next(-128, 127));
    return made;
  }
  std::vector<int32_t> words(int32_t count, int32_t least, int32_t most) {
    std::vector<int32_t> made(static_cast<size_t>(count));
    for (int32_t& word : made) word = next(least, most);
    return made;
  }

 private:
  uint32_t state_ = 11;
};

Random random;

// Arguments know each other by address: deques leave them where they are.
class Call {
 public:
  Call& tensor(std::vector<int8_t>& from, std::initializer_list<int32_t> sizes) {
    return tensor(ScalarType::Char, from.data(), sizes);
  }
  Call& tensor(std::vector<int32_t>& from) {
    return tensor(ScalarType::Int, from.data(), {static_cast<int32_t>(from.size())});
  }
  Call& number(int64_t value) {
    values_.emplace_back(value);
    return *this;
  }
  Call& pair(const int32_t (&numbers)[2]) {
    List& list = lists_.emplace_back();
    for (int at = 0; at < 2; ++at) {
      list.values[at] = EValue(int64_t{numbers[at]});
      list.pointers[at] = &list.values[at];
    }
    list.boxed = {list.pointers, list.unpacked, 2};
    values_.emplace_back(&list.boxed);
    return *this;
  }

  bool runs(const char* name) {
    std::vector<EValue*> pointers;
    for (EValue& value : values_) pointers.push_back(&value);
    pointers.push_back(&values_.back());  // What the call returns.
    KernelRuntimeContext context;
    for (const auto& kernel : programs::cortex_m_kernels()) {
      if (std::strcmp(kernel.name_, name) != 0) continue;
      kernel.op_(context, {pointers.data(), pointers.size()});
      return context.failure_state() == Error::Ok;
    }
    return false;
  }

 private:
  struct List {
    EValue values[2];
    EValue* pointers[2];
    int64_t unpacked[2];
    BoxedEvalueList<int64_t> boxed;
  };

  Call& tensor(ScalarType type, void* data, std::initializer_list<int32_t> sizes) {
    tensors_.emplace_back(type, data, sizes);
    values_.push_back(tensors_.back().value());
    return *this;
  }

  std::deque<EValue> values_;
  std::deque<List> lists_;
  std::deque<testing::DenseTensor> tensors_;
};

enum class Kind { kDense, kEach, kTransposed };

// Images [N, H, W, C]; rows first.
struct Layer {
  Kind kind;
  int32_t batches, channels, outputs, groups;
  int32_t in[2], out[2], window[2], stride[2], padding[2], dilation[2];
  int32_t offset;

  int32_t depth() const { return kind == Kind::kEach ? 1 : channels / groups; }

  // The input's row or column that an output sees through an element of the window; -1: none.
  int32_t seen(int direction, int32_t place, int32_t element) const {
    const int32_t by = stride[direction];
    int32_t at = place * by - padding[direction] + element * dilation[direction];
    if (kind == Kind::kTransposed) {
      at = place + padding[direction] - element * dilation[direction];
      if (at < 0 || at % by != 0) return -1;
      at /= by;
    }
    return at >= 0 && at < in[direction] ? at : -1;
  }
};

Layer random_layer(Kind kind) {
  Layer layer = {};
  layer.kind = kind;
  layer.batches = random.next(1, 2);
  layer.groups = kind == Kind::kDense && random.next(0, 3) == 0 ? 2 : 1;
  layer.channels = layer.groups * random.next(1, random.next(0, 3) == 0 ? 40 : 6);
  layer.outputs = layer.groups * random.next(1, 12);
  if (kind == Kind::kEach) layer.outputs = layer.channels * (random.next(0, 2) == 0 ? 3 : 1);
  layer.offset = random.next(0, 9) == 0 ? random.next(-40000, 40000) : random.next(-127, 128);
  for (int at = 0; at < 2; ++at) {
    layer.in[at] = random.next(1, 9);
    layer.window[at] = random.next(1, 4);
    layer.stride[at] = random.next(1, 3);
    layer.padding[at] = random.next(0, layer.window[at] - 1);
    layer.dilation[at] = random.next(0, 3) == 0 ? 2 : 1;
    const int32_t reach = layer.dilation[at] * (layer.window[at] - 1) + 1;
    const int32_t room = layer.in[at] + 2 * layer.padding[at] - reach;
    layer.out[at] = kind == Kind::kTransposed ? (layer.in[at] - 1) * layer.stride[at] - 2 * layer.padding[at] + reach
                                              : (room < 0 ? 0 : room / layer.stride[at] + 1);
  }
  return layer;
}

struct Numbers {
  explicit Numbers(const Layer& by)
      : input(random.bytes(by.batches * by.in[0] * by.in[1] * by.channels)),
        weights(random.bytes(by.outputs * by.window[0] * by.window[1] * by.depth())),
        bias(random.words(by.outputs, -9000, 9000)),
        multipliers(random.words(by.outputs, 1 << 30, INT32_MAX)),
        shifts(random.words(by.outputs, -12, random.next(0, 5) == 0 ? 1 : -5)),
        out(static_cast<size_t>(by.batches * by.out[0] * by.out[1] * by.outputs)),
        output({random.next(-20, 20), random.next(-128, -60), random.next(60, 127)}) {}

  std::vector<int8_t> input, weights;
  std::vector<int32_t> bias, multipliers, shifts;
  std::vector<int8_t> out, scratch = std::vector<int8_t>(8);
  Output output;
};

// One output by definition.
int8_t defined(const Layer& by, const Numbers& numbers, int32_t batch, int32_t row, int32_t column, int32_t output) {
  auto sum = static_cast<uint32_t>(numbers.bias[static_cast<size_t>(output)]);
  const int32_t depth = by.depth();
  const int32_t first =
      by.kind == Kind::kEach ? output / (by.outputs / by.channels) : output / (by.outputs / by.groups) * depth;
  for (int32_t y = 0; y < by.window[0]; ++y) {
    for (int32_t x = 0; x < by.window[1]; ++x) {
      const int32_t from_row = by.seen(0, row, y);
      const int32_t from_column = by.seen(1, column, x);
      if (from_row < 0 || from_column < 0) continue;
      const int32_t from = ((batch * by.in[0] + from_row) * by.in[1] + from_column) * by.channels + first;
      const int32_t tap = y * by.window[1] + x;
      for (int32_t at = 0; at < depth; ++at) {
        const int32_t weight = by.kind == Kind::kEach ? tap * by.outputs + output
                                                      : (output * by.window[0] * by.window[1] + tap) * depth + at;
        sum += static_cast<uint32_t>(numbers.input[static_cast<size_t>(from) + static_cast<size_t>(at)] + by.offset) *
               static_cast<uint32_t>(int32_t{numbers.weights[static_cast<size_t>(weight)]});
      }
    }
  }
  return numbers.output.of(static_cast<int32_t>(sum), numbers.multipliers[static_cast<size_t>(output)],
                           numbers.shifts[static_cast<size_t>(output)]);
}

bool calls(const Layer& by, Numbers& numbers) {
  constexpr int32_t kNone[2] = {0, 0};
  Call call;
  call.tensor(numbers.input, {by.batches, by.in[0], by.in[1], by.channels});
  if (by.kind == Kind::kEach) {
    call.tensor(numbers.weights, {1, by.window[0], by.window[1], by.outputs});
  } else {
    call.tensor(numbers.weights, {by.outputs, by.window[0], by.window[1], by.depth()});
  }
  call.tensor(numbers.bias).pair(by.stride).pair(by.padding);
  if (by.kind == Kind::kTransposed) call.pair(kNone);
  call.pair(by.dilation);
  if (by.kind == Kind::kEach) call.number(by.outputs / by.channels);
  call.number(by.offset).number(numbers.output.offset).tensor(numbers.multipliers).tensor(numbers.shifts);
  call.number(numbers.output.least).number(numbers.output.most).tensor(numbers.scratch, {8});
  if (by.kind == Kind::kTransposed) call.tensor(numbers.scratch, {8});
  call.tensor(numbers.out, {by.batches, by.out[0], by.out[1], by.outputs});
  constexpr const char* kNames[] = {"cortex_m::quantized_conv2d_nhwc.out",
                                    "cortex_m::quantized_depthwise_conv2d_nhwc.out",
                                    "cortex_m::quantized_transpose_conv2d_nhwc.out"};
  return call.runs(kNames[static_cast<int>(by.kind)]);
}

void check_layers(Kind kind) {
  for (int round = 0; round < 150; ++round) {
    const Layer layer = random_layer(kind);
    if (layer.out[0] < 1 || layer.out[1] < 1) continue;
    Numbers numbers(layer);
    CHECK(calls(layer, numbers));
    size_t at = 0;
    bool is_same = true;
    for (int32_t batch = 0; batch < layer.batches; ++batch) {
      for (int32_t row = 0; row < layer.out[0]; ++row) {
        for (int32_t column = 0; column < layer.out[1]; ++column) {
          for (int32_t output = 0; output < layer.outputs; ++output) {
            is_same = is_same && numbers.out[at++] == defined(layer, numbers, batch, row, column, output);
          }
        }
      }
    }
    CHECK(is_same);
  }
}

TEST(convolutions_are_as_defined) { check_layers(Kind::kDense); }

TEST(convolutions_by_channel_are_as_defined) { check_layers(Kind::kEach); }

TEST(transposed_convolutions_are_as_defined) { check_layers(Kind::kTransposed); }

TEST(products_of_matrices_are_as_defined) {
  for (int round = 0; round < 100; ++round) {
    const int32_t batches = random.next(1, 3);
    const int32_t rows = random.next(1, 7);
    const int32_t columns = random.next(1, random.next(0, 3) == 0 ? 80 : 9);
    const int32_t inner = random.next(1, 40);
    const int32_t offsets[] = {random.next(-128, 128), random.next(0, 2) == 0 ? 0 : random.next(-128, 128)};
    std::vector<int8_t> left = random.bytes(batches * rows * inner);
    std::vector<int8_t> right = random.bytes(batches * columns * inner);
    std::vector<int8_t> out(static_cast<size_t>(batches * rows * columns));
    std::vector<int8_t> scratch(8);
    const int32_t multiplier = random.next(1 << 30, INT32_MAX);
    const int32_t shift = random.next(-12, -5);
    const Output output = {random.next(-20, 20), -128, 127};
    Call call;
    call.tensor(left, {batches, rows, inner}).number(offsets[0]).tensor(right, {batches, columns, inner});
    call.number(offsets[1]).number(output.offset).number(multiplier).number(shift);
    call.tensor(scratch, {8}).tensor(out, {batches, rows, columns});
    CHECK(call.runs("cortex_m::quantized_batch_matmul.out"));
    bool is_same = true;
    for (int32_t at = 0; at < batches * rows * columns; ++at) {
      const int32_t left_row = at / columns;
      const int32_t right_row = left_row / rows * columns + at % columns;
      const int8_t* row = left.data() + static_cast<ptrdiff_t>(left_row) * inner;
      const int8_t* column = right.data() + static_cast<ptrdiff_t>(right_row) * inner;
      int32_t sum = 0;
      for (int32_t step = 0; step < inner; ++step) sum += (row[step] + offsets[0]) * (column[step] + offsets[1]);
      is_same = is_same && out[static_cast<size_t>(at)] == output.of(sum, multiplier, shift);
    }
    CHECK(is_same);
  }
}

}  // namespace
}  // namespace etbuild::kernels::cortex_m

TEST_MAIN()
