// Runs the only method of a program: `from_file PROGRAM`. Inputs are zeros; what it gives goes to standard output.
#include <executorch/extension/data_loader/file_data_loader.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>

#include <cstdio>
#include <cstdlib>

#include KERNELS_HEADER

using executorch::extension::FileDataLoader;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::HierarchicalAllocator;
using executorch::runtime::MemoryAllocator;
using executorch::runtime::MemoryManager;
using executorch::runtime::Method;
using executorch::runtime::MethodMeta;
using executorch::runtime::Program;
using executorch::runtime::Span;
using executorch::runtime::Tag;

namespace {

constexpr uint32_t kMethodBytes = 1 << 20;
constexpr uint32_t kTempBytes = 1 << 20;
constexpr size_t kMostBuffers = 16;

bool give_zeros(Method& method, const MethodMeta& meta) {
  for (size_t index = 0; index < meta.num_inputs(); ++index) {
    const auto tag = meta.input_tag(index);
    if (!tag.ok() || tag.get() != Tag::Tensor) return false;
    const auto info = meta.input_tensor_meta(index);
    if (!info.ok()) return false;
    const auto sizes = info->sizes();
    int32_t strides[16] = {};
    int32_t step = 1;
    for (size_t at = sizes.size(); at-- > 0; step *= sizes[at]) strides[at] = step;
    executorch::aten::TensorImpl zeros(info->scalar_type(), static_cast<ssize_t>(sizes.size()),
                                       const_cast<int32_t*>(sizes.data()), std::calloc(1, info->nbytes()),
                                       const_cast<uint8_t*>(info->dim_order().data()), strides);
    if (method.set_input(EValue(executorch::aten::Tensor(&zeros)), index) != Error::Ok) return false;
  }
  return true;
}

bool write_outputs(const Method& method) {
  for (size_t index = 0; index < method.outputs_size(); ++index) {
    const EValue& value = method.get_output(index);
    if (!value.isTensor()) continue;
    const auto& output = value.toTensor();
    if (std::fwrite(output.const_data_ptr(), 1, output.nbytes(), stdout) != output.nbytes()) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  auto loader = FileDataLoader::from(argv[1]);
  if (!loader.ok()) return 3;
  const auto program = Program::load(&loader.get());
  if (!program.ok()) return 4;
  const auto name = program->get_method_name(0);
  if (!name.ok()) return 5;
  const auto meta = program->method_meta(*name);
  if (!meta.ok() || meta->num_memory_planned_buffers() > kMostBuffers) return 6;
  Span<uint8_t> buffers[kMostBuffers] = {};
  for (size_t index = 0; index < meta->num_memory_planned_buffers(); ++index) {
    const auto size = static_cast<size_t>(meta->memory_planned_buffer_size(index).get());
    buffers[index] = {static_cast<uint8_t*>(std::calloc(1, size)), size};
  }
  HierarchicalAllocator planned({buffers, meta->num_memory_planned_buffers()});
  MemoryAllocator method_memory(kMethodBytes, static_cast<uint8_t*>(std::malloc(kMethodBytes)));
  MemoryAllocator temp(kTempBytes, static_cast<uint8_t*>(std::malloc(kTempBytes)));
  MemoryManager memory(&method_memory, &planned, &temp);
  auto method = program->load_method(*name, &memory, nullptr, nullptr, nullptr, programs::KERNELS());
  if (!method.ok()) return 7;
  if (!give_zeros(*method, *meta)) return 8;
  return method->execute() == Error::Ok && write_outputs(*method) ? 0 : 9;
}
