// Runs the method "forward" of each program that it is given, on inputs that it makes up, and prints the bits of all
// outputs. Ends with 1 and a line on errors if something fails.
#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/platform/runtime.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

namespace {

using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::extension::BufferDataLoader;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::HierarchicalAllocator;
using executorch::runtime::MemoryAllocator;
using executorch::runtime::MemoryManager;
using executorch::runtime::Method;
using executorch::runtime::Program;
using executorch::runtime::Span;

// For a method, and for its kernels while they run.
constexpr uint32_t kRoom = 1 << 20;

struct Failure {
  const char* what;
  Error error;
};

// A dense float tensor filled with small numbers of both signs.
Failure set_input(Method& method, size_t index) {
  const auto meta = method.method_meta().input_tensor_meta(index);
  if (!meta.ok()) return {"input_tensor_meta", meta.error()};
  std::vector<int32_t> sizes(meta->sizes().begin(), meta->sizes().end());
  std::vector<uint8_t> order(meta->dim_order().begin(), meta->dim_order().end());
  std::vector<int32_t> strides(sizes.size());
  int32_t stride = 1;
  for (size_t at = sizes.size(); at-- > 0;) {
    strides[order[at]] = stride;
    stride *= sizes[order[at]];
  }
  std::vector<float> values(static_cast<size_t>(stride));
  for (size_t at = 0; at < values.size(); ++at) values[at] = static_cast<float>((at * 7 + 3) % 23) / 16.0F - 0.6F;
  TensorImpl impl(meta->scalar_type(), static_cast<ssize_t>(sizes.size()), sizes.data(), values.data(), order.data(),
                  strides.data());
  return {"set_input", method.set_input(EValue(Tensor(&impl)), index)};
}

void print(const Tensor& tensor) {
  const auto* bytes = static_cast<const uint8_t*>(tensor.const_data_ptr());
  for (size_t at = 0; at < tensor.nbytes(); ++at) std::printf("%02x", bytes[at]);
  std::printf("\n");
}

Failure run(const char* path) {
  std::ifstream stream(path, std::ios::binary);
  // Segments are aligned to 128 bytes from the file's start: so must its start be.
  const std::vector<char> read{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  std::vector<char> room(read.size() + 128);
  char* aligned = room.data() + (128 - reinterpret_cast<uintptr_t>(room.data()) % 128) % 128;
  std::copy(read.begin(), read.end(), aligned);
  BufferDataLoader loader(aligned, read.size());
  const auto program = Program::load(&loader);
  if (!program.ok()) return {"load", program.error()};
  const auto meta = program->method_meta("forward");
  if (!meta.ok()) return {"method_meta", meta.error()};
  std::vector<std::vector<uint8_t>> planned;
  std::vector<Span<uint8_t>> spans;
  for (size_t at = 0; at < meta->num_memory_planned_buffers(); ++at) {
    planned.emplace_back(static_cast<size_t>(*meta->memory_planned_buffer_size(at)));
    spans.emplace_back(planned.back().data(), planned.back().size());
  }
  HierarchicalAllocator planned_memory({spans.data(), spans.size()});
  std::vector<uint8_t> method_room(kRoom);
  std::vector<uint8_t> temp_room(kRoom);
  MemoryAllocator method_memory(kRoom, method_room.data());
  MemoryAllocator temp_memory(kRoom, temp_room.data());
  MemoryManager memory(&method_memory, &planned_memory, &temp_memory);
  auto method = program->load_method("forward", &memory);
  if (!method.ok()) return {"load_method", method.error()};
  for (size_t index = 0; index < method->inputs_size(); ++index) {
    const Failure failure = set_input(*method, index);
    if (failure.error != Error::Ok) return failure;
  }
  const Error error = method->execute();
  for (size_t index = 0; error == Error::Ok && index < method->outputs_size(); ++index) {
    print(method->get_output(index).toTensor());
  }
  return {"execute", error};
}

}  // namespace

int main(int argc, char** argv) {
  executorch::runtime::runtime_init();
  for (int index = 1; index < argc; ++index) {
    const Failure failure = run(argv[index]);
    if (failure.error == Error::Ok) continue;
    std::fprintf(stderr, "%s: %s failed with 0x%x\n", argv[index], failure.what, static_cast<unsigned>(failure.error));
    return 1;
  }
  return 0;
}
