// The app: a platform in C functions, a kernel in a list, a backend, memory that it gives; own_app_test PROGRAM.

#include <executorch/extension/data_loader/buffer_data_loader.h>
#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>
#include <executorch/runtime/kernel/operator_registry.h>
#include <executorch/runtime/platform/platform.h>
#include <executorch/runtime/platform/runtime.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

using executorch::extension::BufferDataLoader;
using executorch::runtime::ArrayRef;
using executorch::runtime::BackendExecutionContext;
using executorch::runtime::BackendInitContext;
using executorch::runtime::BackendInterface;
using executorch::runtime::CompileSpec;
using executorch::runtime::DelegateHandle;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::FreeableBuffer;
using executorch::runtime::HierarchicalAllocator;
using executorch::runtime::Kernel;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::MemoryAllocator;
using executorch::runtime::MemoryManager;
using executorch::runtime::Method;
using executorch::runtime::Program;
using executorch::runtime::Result;
using executorch::runtime::Span;
using executorch::runtime::etensor::ScalarType;
using executorch::runtime::etensor::Tensor;
using executorch::runtime::etensor::TensorImpl;

namespace {

struct Platform {
  int initialisations;
  int messages;
  uint64_t ticks;
} platform;

}  // namespace

extern "C" {

void et_pal_init(void) { ++platform.initialisations; }
void et_pal_abort(void) { std::_Exit(2); }
et_timestamp_t et_pal_current_ticks(void) { return ++platform.ticks; }
et_tick_ratio_t et_pal_ticks_to_ns_multiplier(void) { return {1000, 1}; }
void et_pal_emit_log_message(et_timestamp_t, et_pal_log_level_t, const char*, const char*, size_t, const char*,
                             size_t) {
  ++platform.messages;
}
void* et_pal_allocate(size_t) { return nullptr; }
void et_pal_free(void*) {}

}  // extern "C"

namespace {

int failures = 0;

void check(bool holds, const char* what) {
  if (holds) return;
  std::printf("must hold: %s\n", what);
  ++failures;
}
#define CHECK(condition) check(condition, #condition)

// scale.out(self, factor, out)
void scale(KernelRuntimeContext& context, Span<EValue*> args) {
  const Tensor& self = args[0]->toTensor();
  const Tensor& out = args[2]->toTensor();
  const Result<void*> temporary = context.allocate_temp(static_cast<size_t>(self.nbytes()));
  if (!temporary.ok()) return context.fail(temporary.error());
  auto* scaled = static_cast<float*>(*temporary);
  const auto factor = static_cast<float>(args[1]->toDouble());
  for (ssize_t i = 0; i < self.numel(); ++i) scaled[i] = self.const_data_ptr<float>()[i] * factor;
  std::memcpy(out.mutable_data_ptr<float>(), scaled, out.nbytes());
}

int living = 0;

class OwnBackend final : public BackendInterface {
 public:
  bool is_available() const override { return true; }

  Result<DelegateHandle*> init(BackendInitContext& context, FreeableBuffer* processed,
                               ArrayRef<CompileSpec> specs) const override {
    if (processed->size() != 3 || specs.size() != 1 || std::strcmp(specs[0].key, "sign") != 0) {
      return Error::DelegateInvalidCompatibility;
    }
    auto* sign = context.get_runtime_allocator()->allocateInstance<float>();
    if (sign == nullptr) return Error::MemoryAllocationFailed;
    *sign = static_cast<const char*>(specs[0].value.buffer)[0] == '-' ? -1 : 1;
    ++living;
    return static_cast<DelegateHandle*>(sign);
  }

  Error execute(BackendExecutionContext&, DelegateHandle* handle, Span<EValue*> args) const override {
    const Tensor& in = args[0]->toTensor();
    const Tensor& out = args[1]->toTensor();
    const float sign = *static_cast<const float*>(handle);
    for (ssize_t i = 0; i < in.numel(); ++i) out.mutable_data_ptr<float>()[i] = sign * in.const_data_ptr<float>()[i];
    return Error::Ok;
  }

  void destroy(DelegateHandle*) const override { --living; }
};

alignas(64) uint8_t file[4096];
alignas(16) uint8_t planned[32];
alignas(16) uint8_t method_memory[8192];
alignas(16) uint8_t temporary_memory[64];

void run(size_t size) {
  BufferDataLoader loader(file, size);
  const Result<Program> program = Program::load(&loader, Program::Verification::InternalConsistency);
  CHECK(program.ok());
  if (!program.ok()) return;

  Span<uint8_t> arenas[] = {{planned, sizeof(planned)}};
  HierarchicalAllocator arena({arenas, 1});
  MemoryAllocator memory(sizeof(method_memory), method_memory);
  MemoryAllocator temporary(sizeof(temporary_memory), temporary_memory);
  MemoryManager manager(&memory, &arena, &temporary);
  const Kernel kernels[] = {Kernel("own::scale.out", scale)};
  {
    const int before = platform.messages;
    CHECK(program->load_method("forward", &manager).error() == Error::OperatorMissing);
    CHECK(platform.messages > before);
    CHECK(living == 0);
    memory.reset();
  }
  Result<Method> method = program->load_method("forward", &manager, nullptr, nullptr, nullptr, {kernels, 1});
  CHECK(method.ok() && living == 1);
  if (!method.ok()) return;

  TensorImpl::SizesType sizes[] = {2, 2};
  uint8_t order[] = {0, 1};
  TensorImpl::StridesType strides[] = {2, 1};
  float x[] = {1, 2, 3, -4};
  TensorImpl impl(ScalarType::Float, 2, sizes, x, order, strides);
  for (int i = 0; i < 3; ++i) {
    x[0] = static_cast<float>(i);
    CHECK(method->set_input(EValue(Tensor(&impl)), 0) == Error::Ok);
    CHECK(method->execute() == Error::Ok);
    const auto* out = method->get_output(0).toTensor().const_data_ptr<float>();
    CHECK(out[0] == static_cast<float>(i) * -2.5F && out[1] == -5 && out[2] == -7.5F && out[3] == 10);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::FILE* source = argc == 2 ? std::fopen(argv[1], "rb") : nullptr;
  if (source == nullptr) return 1;
  const size_t size = std::fread(file, 1, sizeof(file), source);
  std::fclose(source);

  const int before = platform.initialisations;
  executorch::runtime::runtime_init();
  CHECK(platform.initialisations == before + 1);
  CHECK(executorch::runtime::pal_current_ticks() == platform.ticks);
  CHECK(executorch::runtime::pal_allocate(1) == nullptr);
  static OwnBackend backend;
  CHECK(executorch::runtime::register_backend({"OwnBackend", &backend}) == Error::Ok);
  run(size);
  CHECK(living == 0);
  std::printf("%d failures, %d messages\n", failures, platform.messages);
  return failures == 0 ? 0 : 1;
}
