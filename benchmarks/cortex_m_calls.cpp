// cortex_m_calls: how long calls of int8 operators take by a Cortex-M's own timer, in an emulator where that counts
// instructions (QEMU's -icount shift=0: one a nanosecond), and a sum of what they wrote. For cortex_m.py.

#include <executorch/runtime/platform/runtime.h>

#include <cstdio>
#include <cstring>
#include <deque>
#include <vector>

#include KERNELS_HEADER
#include "runtime/testing/kernel_call.h"

namespace {

using etbuild::testing::DenseTensor;
using executorch::aten::ScalarType;
using executorch::runtime::BoxedEvalueList;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::KernelRuntimeContext;

using Sizes = std::initializer_list<int32_t>;
using Numbers = std::initializer_list<int64_t>;

// Counts down from 2^24.
volatile uint32_t* const kTimer = reinterpret_cast<volatile uint32_t*>(0xE000E010);
constexpr uint32_t kMost = 0xFFFFFF;

void start_timer() {
  kTimer[1] = kMost;
  kTimer[2] = 0;
  kTimer[0] = 5;  // On, by the processor's clock.
}

// Calls whose title has this are made; null: all are.
const char* wanted = nullptr;

uint32_t ticks() { return kMost - kTimer[2]; }

// The arguments of a call. Tensors hold the same numbers each time. Values know each other by address: deques leave
// them where they are.
class Call {
 public:
  explicit Call(const char* name) : name_(name) {}

  Call& bytes(Sizes sizes) { return tensor<int8_t>(ScalarType::Char, sizes, -128, 127); }
  Call& words(int32_t count, int32_t least, int32_t most) {
    return tensor<int32_t>(ScalarType::Int, {count}, least, most);
  }
  Call& scalings(int32_t count) { return words(count, 1 << 30, 0x7fffffff).words(count, -11, -7); }
  Call& numbers(Numbers values) {
    for (const int64_t value : values) values_.emplace_back(value);
    return *this;
  }
  Call& is(bool value) {
    values_.emplace_back(value);
    return *this;
  }
  Call& nothing() {
    values_.emplace_back();
    return *this;
  }
  Call& list(Numbers values) {
    List& list = lists_.emplace_back();
    for (const int64_t value : values) {
      listed_.emplace_back(value);
      list.pointers.push_back(&listed_.back());
    }
    list.unpacked.resize(values.size());
    list.boxed = {list.pointers.data(), list.unpacked.data(), static_cast<int>(values.size())};
    values_.emplace_back(&list.boxed);
    return *this;
  }

  // Prints ticks and a sum of the last argument, which is the output.
  bool measure(const char* title) {
    if (wanted != nullptr && std::strstr(title, wanted) == nullptr) return true;
    for (const auto& kernel : programs::KERNELS()) {
      if (std::strcmp(kernel.name_, name_) == 0) return measure(title, kernel.op_);
    }
    std::printf("no kernel is named %s\n", name_);
    return false;
  }

 private:
  struct List {
    std::vector<EValue*> pointers;
    std::vector<int64_t> unpacked;
    BoxedEvalueList<int64_t> boxed;
  };

  bool measure(const char* title, executorch::runtime::OpFunction kernel) {
    std::vector<EValue*> pointers;
    for (EValue& value : values_) pointers.push_back(&value);
    pointers.push_back(&values_.back());  // What the call returns.
    KernelRuntimeContext context;
    start_timer();
    kernel(context, {pointers.data(), pointers.size()});
    const uint32_t passed = ticks();
    uint32_t sum = 0;
    for (const char byte : memories_.back()) sum = sum * 31 + static_cast<uint8_t>(byte);
    std::printf("%lu %lu %s\n", static_cast<unsigned long>(passed), static_cast<unsigned long>(sum), title);
    return context.failure_state() == Error::Ok;
  }

  template <typename Element>
  Call& tensor(ScalarType type, Sizes sizes, int32_t least, int32_t most) {
    size_t count = 1;
    for (const int32_t size : sizes) count *= static_cast<size_t>(size);
    std::vector<char>& memory = memories_.emplace_back(count * sizeof(Element));
    const uint64_t range = static_cast<uint64_t>(int64_t{most} - least + 1);
    for (size_t at = 0; at < count; ++at) {
      state_ = state_ * 1664525 + 1013904223;
      const auto element = static_cast<Element>(least + static_cast<int64_t>((state_ * range) >> 32));
      std::memcpy(&memory[at * sizeof(Element)], &element, sizeof(element));
    }
    tensors_.emplace_back(type, memory.data(), sizes);
    values_.push_back(tensors_.back().value());
    return *this;
  }

  const char* name_;
  uint32_t state_ = 1;
  std::deque<EValue> values_;
  std::deque<EValue> listed_;
  std::deque<List> lists_;
  std::deque<std::vector<char>> memories_;
  std::deque<DenseTensor> tensors_;
};

struct Image {
  int32_t rows, columns, channels;
};

bool convolve(const char* title, const Image& input, const Image& kernel, int64_t stride, Numbers padding,
              const Image& out) {
  return Call("cortex_m::quantized_conv2d_nhwc.out")
      .bytes({1, input.rows, input.columns, input.channels})
      .bytes({out.channels, kernel.rows, kernel.columns, input.channels})
      .words(out.channels, -9000, 9000)
      .list({stride, stride})
      .list(padding)
      .list({1, 1})
      .numbers({128, -6})
      .scalings(out.channels)
      .numbers({-128, 127})
      .bytes({8})
      .bytes({1, out.rows, out.columns, out.channels})
      .measure(title);
}

bool convolve_each(const char* title, const Image& input, const Image& kernel, int64_t stride, Numbers padding,
                   const Image& out) {
  return Call("cortex_m::quantized_depthwise_conv2d_nhwc.out")
      .bytes({1, input.rows, input.columns, input.channels})
      .bytes({1, kernel.rows, kernel.columns, out.channels})
      .words(out.channels, -9000, 9000)
      .list({stride, stride})
      .list(padding)
      .list({1, 1})
      .numbers({out.channels / input.channels, 128, -6})
      .scalings(out.channels)
      .numbers({-128, 127})
      .bytes({8})
      .bytes({1, out.rows, out.columns, out.channels})
      .measure(title);
}

bool convolve_transposed(const char* title, const Image& input, const Image& kernel, int64_t stride, Numbers padding,
                         const Image& out) {
  return Call("cortex_m::quantized_transpose_conv2d_nhwc.out")
      .bytes({1, input.rows, input.columns, input.channels})
      .bytes({out.channels, kernel.rows, kernel.columns, input.channels})
      .words(out.channels, -9000, 9000)
      .list({stride, stride})
      .list(padding)
      .list({1, 1})
      .list({1, 1})
      .numbers({128, -6})
      .scalings(out.channels)
      .numbers({-128, 127})
      .bytes({8})
      .bytes({8})
      .bytes({1, out.rows, out.columns, out.channels})
      .measure(title);
}

bool convolutions() {
  return convolve("conv 1x1, 64 to 64, 24x24", {24, 24, 64}, {1, 1, 0}, 1, {0, 0}, {24, 24, 64}) &&
         convolve("conv 3x3, 16 to 32, 16x16", {16, 16, 16}, {3, 3, 0}, 1, {1, 1}, {16, 16, 32}) &&
         convolve("conv 3x3, 64 to 64, 8x8", {8, 8, 64}, {3, 3, 0}, 1, {1, 1}, {8, 8, 64}) &&
         convolve("conv 3x3 by 2, 3 to 8, 48x48", {48, 48, 3}, {3, 3, 0}, 2, {1, 1}, {24, 24, 8}) &&
         convolve_transposed("transposed conv 3x3 by 2, 32 to 16, 8x8", {8, 8, 32}, {3, 3, 0}, 2, {1, 1},
                             {16, 16, 16}) &&
         convolve_each("depthwise 3x3, 64, 24x24", {24, 24, 64}, {3, 3, 0}, 1, {1, 1}, {24, 24, 64}) &&
         convolve_each("depthwise 10x4 by 2, 1 to 64, 49x10", {49, 10, 1}, {10, 4, 0}, 2, {5, 1}, {25, 5, 64}) &&
         convolve_each("narrow depthwise 3x3, 6, 24x24", {24, 24, 6}, {3, 3, 0}, 1, {1, 1}, {24, 24, 6});
}

bool layers() {
  return Call("cortex_m::quantized_linear.out")
             .bytes({1, 256})
             .bytes({64, 256})
             .nothing()
             .words(64, -5000, 5000)
             .numbers({12, 0, 4})
             .list({1518500250})
             .list({-9})
             .numbers({127, -128})
             .bytes({1, 64})
             .measure("linear, 256 to 64") &&
         Call("cortex_m::quantized_batch_matmul.out")
             .bytes({4, 32, 64})
             .numbers({5})
             .bytes({4, 48, 64})
             .numbers({-3, 4, 1518500250, -9})
             .bytes({8})
             .bytes({4, 32, 48})
             .measure("batch_matmul, 4 x 32x64 by 64x48") &&
         Call("cortex_m::softmax.out")
             .bytes({1, 12})
             .numbers({-1, -11, -128, 1518500250, 20, -240})
             .bytes({1, 12})
             .measure("softmax, 12") &&
         Call("cortex_m::softmax.out")
             .bytes({4, 32, 48})
             .numbers({-1, -11, -128, 1518500250, 20, -240})
             .bytes({4, 32, 48})
             .measure("softmax, 128 lines of 48");
}

bool pools() {
  return Call("cortex_m::quantized_max_pool2d_nhwc.out")
             .bytes({1, 24, 24, 32})
             .list({2, 2})
             .list({2, 2})
             .list({0, 0})
             .list({1, 1})
             .is(false)
             .numbers({3, 3, -128, 127})
             .bytes({1, 12, 12, 32})
             .measure("max pool 2x2, 32, 24x24") &&
         Call("cortex_m::quantized_avg_pool2d_nhwc.out")
             .bytes({1, 25, 5, 64})
             .list({25, 5})
             .list({25, 5})
             .list({0, 0})
             .is(false)
             .numbers({-8, 1518500250, -4})
             .bytes({8})
             .bytes({1, 1, 1, 64})
             .measure("average pool 25x5, 64");
}

bool elements() {
  return Call("cortex_m::quantized_add.out")
             .bytes({1, 24, 24, 32})
             .numbers({3, 1717986918, -1})
             .bytes({1, 24, 24, 32})
             .numbers({-5, 1518500250, -2, 4, 1288490189, -17, -128, 127})
             .bytes({1, 24, 24, 32})
             .measure("add, 24x24x32") &&
         Call("cortex_m::quantized_mul.out")
             .bytes({1, 24, 24, 32})
             .numbers({3})
             .bytes({1, 24, 24, 32})
             .numbers({-5, 4, 1288490189, -7})
             .bytes({1, 24, 24, 32})
             .measure("mul, 24x24x32") &&
         Call("cortex_m::quantized_activation.out")
             .bytes({1, 24, 24, 32})
             .bytes({256})
             .bytes({1, 24, 24, 32})
             .measure("table, 24x24x32");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) wanted = argv[1];
  executorch::runtime::runtime_init();
  return convolutions() && layers() && pools() && elements() ? 0 : 1;
}
