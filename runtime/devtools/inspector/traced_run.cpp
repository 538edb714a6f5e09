// Runs programs three times each and writes their traces: traced_run PROGRAM… then for each ETDUMP VALUES.

#include <executorch/devtools/etdump/etdump_flatcc.h>
#include <executorch/extension/module/module.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

namespace {

using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::etdump::ETDumpGen;
using executorch::etdump::ETDumpResult;
using executorch::extension::Module;
using executorch::runtime::EValue;
using executorch::runtime::EventTracerDebugLogLevel;
using executorch::runtime::Span;

bool write(const char* path, const void* data, size_t size) {
  std::FILE* file = std::fopen(path, "wb");
  if (file == nullptr) return false;
  const bool is_written = std::fwrite(data, 1, size, file) == size;
  return std::fclose(file) == 0 && is_written;
}

// A dense float tensor of a method's shape.
struct Input {
  std::vector<TensorImpl::SizesType> sizes;
  std::vector<uint8_t> order;
  std::vector<TensorImpl::StridesType> strides;
  std::vector<float> values;
  std::unique_ptr<TensorImpl> impl;

  explicit Input(const executorch::runtime::TensorInfo& info)
      : sizes(info.sizes().begin(), info.sizes().end()),
        order(info.dim_order().begin(), info.dim_order().end()),
        strides(sizes.size()),
        values(info.nbytes() / sizeof(float)) {
    int stride = 1;
    for (size_t i = sizes.size(); i-- > 0;) {
      strides[order[i]] = stride;
      stride *= sizes[order[i]];
    }
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 13) / 13.0F - 0.4F;
    impl = std::make_unique<TensorImpl>(info.scalar_type(), static_cast<ssize_t>(sizes.size()), sizes.data(),
                                        values.data(), order.data(), strides.data());
  }
};

bool trace(const char* program, const char* etdump, const char* values) {
  std::vector<uint8_t> memory(1 << 20);
  Module module(program, Module::LoadMode::File, std::make_unique<ETDumpGen>());
  auto* tracer = static_cast<ETDumpGen*>(module.event_tracer());
  if (!tracer->set_debug_buffer(Span<uint8_t>(memory.data(), memory.size())).ok()) return false;
  tracer->set_event_tracer_debug_level(EventTracerDebugLogLevel::kIntermediateOutputs);
  const auto meta = module.method_meta("forward");
  if (!meta.ok()) return false;
  const auto info = meta->input_tensor_meta(0);
  if (!info.ok()) return false;
  const Input input(*info);
  for (int run = 0; run < 3; ++run) {
    if (!module.forward(EValue(Tensor(input.impl.get()))).ok()) return false;
  }
  const ETDumpResult dump = tracer->get_etdump_data();
  const bool is_written =
      write(etdump, dump.buf, dump.size) && write(values, memory.data(), tracer->get_data_sink()->get_used_bytes());
  std::free(dump.buf);
  return is_written;
}

}  // namespace

int main(int argc, char** argv) {
  const auto programs = static_cast<size_t>(argc - 1) / 3;
  for (size_t i = 0; i < programs; ++i) {
    char** outputs = argv + 1 + programs + 2 * i;
    if (!trace(argv[1 + i], outputs[0], outputs[1])) {
      std::fprintf(stderr, "%s: cannot be traced\n", argv[1 + i]);
      return 1;
    }
  }
  return 0;
}
