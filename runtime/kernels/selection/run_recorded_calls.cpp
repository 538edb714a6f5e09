// Runs the methods of an image on what they were proven with, holds their outputs against what their graphs gave, and
// prints the bits. Of static shapes: an image has no others' sizes.
#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/platform/runtime.h>

#include <cmath>
#include <cstdio>
#include <cstring>

#include KERNELS_HEADER
#include "programs.h"

namespace {

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::extension::BufferDataLoader;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::MemoryManager;
using executorch::runtime::Method;
using executorch::runtime::Program;
using executorch::runtime::Span;

constexpr float kTolerance = 1e-5F;
constexpr size_t kMaxRank = 8;

bool fail(const char* what, Error error) {
  std::printf("%s failed with %#x\n", what, static_cast<unsigned>(error));
  return false;
}

bool give(Method& method, size_t index, const programs::Bytes& bytes) {
  const auto meta = method.method_meta().input_tensor_meta(index);
  if (!meta.ok() || meta->sizes().size() > kMaxRank) return fail("input_tensor_meta", meta.error());
  int32_t sizes[kMaxRank] = {};
  int32_t strides[kMaxRank] = {};
  uint8_t order[kMaxRank] = {};
  const size_t rank = meta->sizes().size();
  std::memcpy(sizes, meta->sizes().data(), rank * sizeof *sizes);
  std::memcpy(order, meta->dim_order().data(), rank);
  int32_t stride = 1;
  for (size_t at = rank; at-- > 0;) {
    strides[order[at]] = stride;
    stride *= sizes[order[at]];
  }
  TensorImpl impl(meta->scalar_type(), static_cast<ssize_t>(rank), sizes, const_cast<void*>(bytes.data), order,
                  strides);
  if (impl.nbytes() != bytes.size) return fail("the size of an input", Error::InvalidArgument);
  const Error error = method.set_input(EValue(Tensor(&impl)), index);
  return error == Error::Ok || fail("set_input", error);
}

bool is_near(const Tensor& output, const programs::Bytes& wanted) {
  if (output.nbytes() != wanted.size || output.scalar_type() != ScalarType::Float) return false;
  for (size_t at = 0; at < wanted.size / sizeof(float); ++at) {
    float value = 0;
    std::memcpy(&value, static_cast<const uint8_t*>(wanted.data) + at * sizeof value, sizeof value);
    const float is = output.const_data_ptr<float>()[at];
    uint32_t bits = 0;
    std::memcpy(&bits, &is, sizeof bits);
    std::printf("%08x%c", static_cast<unsigned>(bits), at % 8 == 7 ? '\n' : ' ');
    if (!(std::fabs(is - value) <= kTolerance * (1.0F + std::fabs(value)))) return false;
  }
  std::printf("\n");
  return true;
}

bool run(const Program& program, const char* name, MemoryManager* memory, Span<const programs::Call> calls) {
  auto method = program.load_method(name, memory, nullptr, nullptr, nullptr, programs::KERNELS());
  if (!method.ok()) return fail("load_method", method.error());
  for (const programs::Call& call : calls) {
    for (size_t index = 0; index < call.input_count; ++index) {
      if (!give(*method, index, call.inputs[index])) return false;
    }
    const Error error = method->execute();
    if (error != Error::Ok) return fail("execute", error);
    for (size_t index = 0; index < call.expected_count; ++index) {
      if (!is_near(method->get_output(index).toTensor(), call.expected[index])) {
        return fail("a comparison", Error::InvalidState);
      }
    }
  }
  return true;
}

template <typename... Methods>
bool run_all(const uint8_t* data, size_t size) {
  BufferDataLoader loader(data, size);
  const auto program = Program::load(&loader);
  if (!program.ok()) return fail("load", program.error());
  return (run(*program, Methods::name, Methods::memory(), Methods::calls()) && ...);
}

}  // namespace

int main() {
  executorch::runtime::runtime_init();
  namespace mlp = programs::mlp_portable;
  namespace two = programs::two_methods;
  const bool all =
      run_all<mlp::forward>(mlp::data, mlp::size) && run_all<two::first, two::second>(two::data, two::size);
  return all ? 0 : 1;
}
