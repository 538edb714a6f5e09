// An app that is compiled without exceptions and brings its own platform layer, kernels, backend and loader.
#include <executorch/extension/data_loader/file_data_loader.h>
#include <executorch/extension/module/module.h>
#include <executorch/extension/tensor/tensor_ptr.h>
#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/platform/platform.h>

#include <cstdlib>
#include <cstring>

#include "check.h"
#include "program_kernels.h"

using executorch::extension::FileDataLoader;
using executorch::extension::make_tensor_ptr;
using executorch::extension::Module;
using executorch::runtime::ArrayRef;
using executorch::runtime::BackendExecutionContext;
using executorch::runtime::BackendInitContext;
using executorch::runtime::BackendInterface;
using executorch::runtime::CompileSpec;
using executorch::runtime::DataLoader;
using executorch::runtime::DelegateHandle;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::FreeableBuffer;
using executorch::runtime::Result;
using executorch::runtime::Span;

namespace {

int inits = 0;
int messages = 0;
int loads = 0;
int living = 0;

}  // namespace

// The platform layer: these stand before the runtime's own.
extern "C" {
void et_pal_init(void) { ++inits; }
et_timestamp_t et_pal_current_ticks(void) { return 7; }
void et_pal_emit_log_message(et_timestamp_t, et_pal_log_level_t, const char*, const char*, size_t, const char*,
                             size_t) {
  ++messages;
}
}

namespace {

// Copies its input, and counts its handles.
class CopyBackend final : public BackendInterface {
 public:
  bool is_available() const override { return true; }
  Result<DelegateHandle*> init(BackendInitContext& context, FreeableBuffer* processed,
                               ArrayRef<CompileSpec> specs) const override {
    CHECK(processed->size() == 4 && specs.size() == 1 && std::strcmp(specs[0].key, "name") == 0);
    ++living;
    return static_cast<DelegateHandle*>(context.get_runtime_allocator()->allocate(1));
  }
  Error execute(BackendExecutionContext& context, DelegateHandle* handle, Span<EValue*> args) const override {
    CHECK(handle != nullptr && std::strcmp(context.get_method_name(), "one") == 0);
    CHECK(context.get_temp_allocator() == nullptr || context.allocate(100) != nullptr);
    std::memcpy(args[1]->toTensor().mutable_data_ptr(), args[0]->toTensor().const_data_ptr(), 16);
    return Error::Ok;
  }
  void destroy(DelegateHandle*) const override { --living; }
};

// Counts what is loaded from a file.
class CountingLoader final : public DataLoader {
 public:
  explicit CountingLoader(FileDataLoader file) : file_(std::move(file)) {}

  Result<FreeableBuffer> load(size_t offset, size_t size, const SegmentInfo& info) const override {
    ++loads;
    return file_.load(offset, size, info);
  }
  Result<size_t> size() const override { return file_.size(); }

 private:
  FileDataLoader file_;
};

std::unique_ptr<DataLoader> open(const char* path) {
  auto file = FileDataLoader::from(path);
  return std::make_unique<CountingLoader>(std::move(*file));
}

}  // namespace

TEST(the_apps_platform_layer_is_used) {
  Module missing("no/such/file");
  CHECK(missing.load() == Error::AccessFailed);
  CHECK(inits > 0 && messages > 0 && executorch::runtime::pal_current_ticks() == 7);
}

TEST(the_apps_kernels_and_loader_are_used) {
  Module module(open("runtime/extension/testing/methods.pte"));
  auto one = make_tensor_ptr({2, 2}, {1.f, 2.f, 3.f, 4.f});
  auto outputs = module.forward({one, one});
  CHECK(outputs.ok() && (*outputs)[0].toTensor().const_data_ptr<float>()[3] == 8 && loads > 0);
}

TEST(the_apps_backend_is_used) {
  static CopyBackend backend;
  CHECK(Module("runtime/extension/testing/delegates.pte").load_method("one") == Error::NotFound);
  CHECK(executorch::runtime::register_backend({"TestBackend", &backend}) == Error::Ok);
  {
    Module module("runtime/extension/testing/delegates.pte");
    auto outputs = module.execute("one", *make_tensor_ptr({2, 2}, {1.f, 2.f, 3.f, 4.f}));
    CHECK(outputs.ok() && (*outputs)[0].toTensor().const_data_ptr<float>()[3] == 4 && living == 1);
  }
  CHECK(living == 0);
}

int main() {
  etbuild::testing::register_program_kernels();
  return etbuild::testing::run_all();
}
