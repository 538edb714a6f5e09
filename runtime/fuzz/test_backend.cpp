#include <executorch/runtime/backend/interface.h>

#include "test_kernels.h"
#include "touch.h"

namespace etbuild::testing {
namespace {

using executorch::runtime::ArrayRef;
using executorch::runtime::Backend;
using executorch::runtime::BackendExecutionContext;
using executorch::runtime::BackendInitContext;
using executorch::runtime::BackendInterface;
using executorch::runtime::CompileSpec;
using executorch::runtime::DelegateHandle;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::FreeableBuffer;
using executorch::runtime::Result;
using executorch::runtime::Span;

int living = 0;

struct Handle {
  const void* data;
  size_t size;
  FreeableBuffer* processed;
};

void read(const void* data, size_t size) {
  const auto* bytes = static_cast<const uint8_t*>(data);
  volatile uint8_t last = 0;
  for (size_t i = 0; i < size; ++i) last = bytes[i];
  (void)last;
}

// Reads what it is given, keeps it or frees it by what its first spec says; writes its last argument.
class TestBackend final : public BackendInterface {
 public:
  bool is_available() const override { return true; }

  Result<DelegateHandle*> init(BackendInitContext& context, FreeableBuffer* processed,
                               ArrayRef<CompileSpec> specs) const override {
    bool keep = false;
    for (const CompileSpec& spec : specs) {
      keep = spec.key[0] == 'a';
      read(spec.value.buffer, spec.value.nbytes);
    }
    read(processed->data(), processed->size());
    auto* handle = context.get_runtime_allocator()->allocateInstance<Handle>();
    if (handle == nullptr) return Error::MemoryAllocationFailed;
    *handle = {processed->data(), processed->size(), processed};
    if (!keep) {
      processed->Free();
      *handle = {nullptr, 0, processed};
    }
    ++living;
    return handle;
  }

  Error execute(BackendExecutionContext& context, DelegateHandle* handle, Span<EValue*> args) const override {
    (void)context;
    const auto* own = static_cast<const Handle*>(handle);
    read(own->data, own->size);
    for (const EValue* value : args) touch(*value);
    if (!args.empty() && args[args.size() - 1]->isTensor()) touch(args[args.size() - 1]->toTensor(), true);
    return Error::Ok;
  }

  void destroy(DelegateHandle* handle) const override {
    (void)handle;
    --living;
  }
};

}  // namespace

int living_handles() { return living; }

void register_test_backend() {
  static TestBackend backend;
  static const Error registered = executorch::runtime::register_backend(Backend{"TestBackend", &backend});
  (void)registered;
}

}  // namespace etbuild::testing
