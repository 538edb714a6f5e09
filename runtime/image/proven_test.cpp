// Runs all methods of an image on what they were proven with, in the memory that the build laid out, and holds their
// outputs against what their graphs gave. TOLERANCE is how far an output may be off, relative to its largest value;
// ULPS the same in units in the last place of that value. The CRC-32 of all outputs is said, too: equal ones are equal
// bits; and what temporary memory kernels asked for: some do with less than they ask for, others fail.
// TEMP_MEMORY_IS_EXACT: a method must ask for as much as the build says that it does, to the byte.
#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/platform/runtime.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "kernels.h"
#include "programs.h"

#ifndef TOLERANCE
#define TOLERANCE 1e-4
#endif
#ifndef ULPS
#define ULPS INFINITY
#endif

namespace {

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::extension::BufferDataLoader;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::MemoryAllocator;
using executorch::runtime::MemoryManager;
using executorch::runtime::Method;
using executorch::runtime::Program;

constexpr size_t kMaxRank = 16;

// The image's temporary memory, and how much of it calls would have.
class TempMemory final : public MemoryAllocator {
 public:
  explicit TempMemory(const MemoryAllocator& given) : MemoryAllocator(given.size(), given.base_address()) {}

  void* allocate(size_t size, size_t alignment = kDefaultAlignment) override {
    const uintptr_t next = reinterpret_cast<uintptr_t>(base_address()) + used_size();
    const size_t padding = (0 - next) & (alignment - 1);
    wanted_ = std::max(wanted_, used_size() + padding + size);
    return padding + size <= free_size() ? MemoryAllocator::allocate(size, alignment) : nullptr;
  }

  size_t wanted() const { return wanted_; }

 private:
  size_t wanted_ = 0;
};

bool fail(const programs::Proven& proven, const char* what, Error error) {
  std::printf("%s of %s: %s failed with %#x\n", proven.method, proven.program, what, static_cast<unsigned>(error));
  return false;
}

Error give(Method& method, size_t index, const programs::Bytes& bytes) {
  const auto meta = method.method_meta().input_tensor_meta(index);
  if (!meta.ok()) return meta.error();
  if (bytes.rank > kMaxRank || meta->dim_order().size() != bytes.rank) return Error::InvalidArgument;
  int32_t sizes[kMaxRank] = {};
  int32_t strides[kMaxRank] = {};
  uint8_t order[kMaxRank] = {};
  int32_t stride = 1;
  for (size_t at = bytes.rank; at-- > 0;) {
    order[at] = meta->dim_order()[at];
    sizes[at] = bytes.sizes[at];
  }
  for (size_t at = bytes.rank; at-- > 0;) {
    strides[order[at]] = stride;
    stride *= sizes[order[at]];
  }
  TensorImpl impl(meta->scalar_type(), static_cast<ssize_t>(bytes.rank), sizes, const_cast<void*>(bytes.data), order,
                  strides);
  if (impl.nbytes() != bytes.size) return Error::InvalidArgument;
  return method.set_input(EValue(Tensor(&impl)), index);
}

// What is known of a method's outputs so far.
struct Outputs {
  double error = 0;  // The largest difference, relative to the largest value of its output.
  double ulps = 0;   // The same in units in the last place of that value.
  uint32_t crc = 0;  // As of zlib.
};

uint32_t crc32(uint32_t crc, const uint8_t* data, size_t size) {
  crc = ~crc;
  for (size_t at = 0; at < size; ++at) {
    crc ^= data[at];
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

// The largest difference; the largest value comes with it. Infinite if they do not compare.
double difference_of(const Tensor& output, const programs::Bytes& expected, double* largest) {
  if (output.nbytes() != expected.size) return INFINITY;
  const auto* wanted = static_cast<const uint8_t*>(expected.data);
  if (output.scalar_type() != ScalarType::Float) {
    return std::memcmp(output.const_data_ptr(), wanted, expected.size) == 0 ? 0 : INFINITY;
  }
  double off = 0;
  for (size_t at = 0; at < expected.size / sizeof(float); ++at) {
    float value = 0;
    std::memcpy(&value, wanted + at * sizeof value, sizeof value);
    const double distance = std::fabs(static_cast<double>(output.const_data_ptr<float>()[at]) - value);
    if (!(distance < INFINITY)) return INFINITY;
    off = std::max(off, distance);
    *largest = std::max(*largest, std::fabs(static_cast<double>(value)));
  }
  return off;
}

void compare(const Tensor& output, const programs::Bytes& expected, Outputs* all) {
  double largest = 1e-30;
  const double off = difference_of(output, expected, &largest);
  all->error = std::max(all->error, off / largest);
  all->ulps = std::max(all->ulps, off / std::ldexp(1.0, std::ilogb(largest) - 23));
}

// Whether the last row of logits is largest where the token that must come next stands.
bool chooses(const Tensor& logits, const void* token) {
  int64_t wanted = 0;
  std::memcpy(&wanted, token, sizeof wanted);
  const auto* end = logits.const_data_ptr<float>() + logits.numel();
  const auto* row = end - logits.size(logits.dim() - 1);
  return std::max_element(row, end) - row == static_cast<ptrdiff_t>(wanted);
}

bool run_call(const programs::Proven& proven, Method& method, const programs::Call& call, Outputs* all) {
  for (size_t index = 0; index < call.input_count; ++index) {
    const Error error = give(method, index, call.inputs[index]);
    if (error != Error::Ok) return fail(proven, "an input", error);
  }
  const Error error = method.execute();
  if (error != Error::Ok) return fail(proven, "execute", error);
  for (size_t index = 0; index < method.outputs_size(); ++index) {
    const Tensor& output = method.get_output(index).toTensor();
    all->crc = crc32(all->crc, output.const_data_ptr<uint8_t>(), output.nbytes());
    if (index < call.expected_count) compare(output, call.expected[index], all);
  }
  if (call.token != nullptr && !chooses(method.get_output(0).toTensor(), call.token)) {
    return fail(proven, "a token", Error::InvalidState);
  }
  return true;
}

// For printing: small C libraries print no fractions.
unsigned long whole(double number) { return static_cast<unsigned long>(std::ceil(std::min(number, 4e9))); }

bool run(const programs::Proven& proven) {
  BufferDataLoader loader(proven.data, proven.size);
  const auto program = Program::load(&loader);
  if (!program.ok()) return fail(proven, "load", program.error());
  const MemoryManager* given = proven.memory();
  TempMemory temp(*given->temp_allocator());
  MemoryManager memory(given->method_allocator(), given->planned_memory(), &temp);
  auto method = program->load_method(proven.method, &memory, nullptr, nullptr, nullptr, programs::kernels());
  if (!method.ok()) return fail(proven, "load_method", method.error());
  Outputs all;
  for (const programs::Call& call : proven.calls()) {
    if (run_call(proven, *method, call, &all)) continue;
    std::printf("temp_memory: %lu bytes were asked for, of %lu\n", static_cast<unsigned long>(temp.wanted()),
                static_cast<unsigned long>(temp.size()));
    return false;
  }
  std::printf("%s of %s: %u calls, largest error %lue-9 of the largest value, %lu ulps, crc32 %08lx\n", proven.method,
              proven.program, static_cast<unsigned>(proven.calls().size()), whole(all.error * 1e9), whole(all.ulps),
              static_cast<unsigned long>(all.crc));
  std::printf("  temp_memory: %lu bytes were asked for, of %lu\n", static_cast<unsigned long>(temp.wanted()),
              static_cast<unsigned long>(temp.size()));
#ifdef TEMP_MEMORY_IS_EXACT
  if (temp.wanted() != proven.temp_bytes) {
    std::printf("  temp_memory: the build says %lu\n", static_cast<unsigned long>(proven.temp_bytes));
    return fail(proven, "the bound of temporary memory", Error::OutOfResources);
  }
#endif
  return (all.error <= TOLERANCE && all.ulps <= ULPS) || fail(proven, "a comparison", Error::InvalidState);
}

}  // namespace

int main() {
  executorch::runtime::runtime_init();
  bool all = !programs::proven().empty();
  for (const programs::Proven& proven : programs::proven()) all = run(proven) && all;
  return all ? 0 : 1;
}
