// Methods while they are loaded: kernels found, calls checked, delegates begun and undone.

#include <executorch/runtime/executor/method.h>
#include <executorch/runtime/kernel/kernel_runtime_context.h>

#include "check.h"
#include "loaded_file.h"
#include "plan.h"

using executorch::runtime::BackendExecutionContext;
using executorch::runtime::BackendInitContext;
using executorch::runtime::CompileSpec;
using executorch::runtime::DelegateHandle;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::FreeableBuffer;
using executorch::runtime::Kernel;
using executorch::runtime::KernelKey;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::Result;
using executorch::runtime::Span;
using namespace etbuild::testing;  // NOLINT(google-build-using-namespace): of this test's own helpers

namespace {

int called = 0;
size_t arguments_seen = 0;

template <int Which>
void kernel(KernelRuntimeContext& /*context*/, Span<EValue*> arguments) {
  called = Which;
  arguments_seen = arguments.size();
}

// One call of test::op with two planned tensors.
FileBytes one_call() {
  ProgramWriter w;
  const int32_t a = w.tensor(planned(0));
  const int32_t b = w.tensor(planned(16));
  w.call(w.op("test::op", "out"), {a, b, b});
  w.method("forward", {}, {b}, {32});
  return w.finish();
}

// Counts what it began and did not end; refuses to begin the third.
class CountingBackend final : public executorch::runtime::BackendInterface {
 public:
  bool is_available() const override { return true; }

  Result<DelegateHandle*> init(BackendInitContext& context, FreeableBuffer* processed,
                               executorch::runtime::ArrayRef<CompileSpec> specs) const override {
    if (begun == 2) return Error::DelegateInvalidCompatibility;
    auto* handle = context.get_runtime_allocator()->allocateInstance<int>();
    *handle = begun++;
    last_size = processed->size();
    last_key = specs[0].key[0];
    return handle;
  }

  Error execute(BackendExecutionContext& /*context*/, DelegateHandle* /*handle*/,
                Span<EValue*> /*arguments*/) const override {
    return Error::Ok;
  }

  void destroy(DelegateHandle* handle) const override { ended[ended_count++] = *static_cast<int*>(handle); }

  static int begun;
  static int ended[4];
  static int ended_count;
  static size_t last_size;
  static char last_key;
};

int CountingBackend::begun = 0;
int CountingBackend::ended[4] = {};
int CountingBackend::ended_count = 0;
size_t CountingBackend::last_size = 0;
char CountingBackend::last_key = '\0';

FileBytes delegates(int count) {
  ProgramWriter w;
  w.inline_delegate_data({1, 2, 3});
  for (int at = 0; at < count; ++at) w.delegate("Counting", false, 0, "key", "value");
  w.method("forward", {}, {}, {});
  return w.finish();
}

}  // namespace

TEST(a_kernel_gets_the_arguments_that_the_program_says) {
  LoadedFile file(one_call());
  const Kernel kernels[] = {Kernel("test::op.out", kernel<1>)};
  auto method = file.method(kernels);
  CHECK(method.ok() && method->execute() == Error::Ok);
  CHECK(called == 1 && arguments_seen == 3);
}

TEST(a_missing_kernel_is_told_when_the_method_is_loaded) {
  LoadedFile file(one_call());
  const Kernel kernels[] = {Kernel("test::op.other", kernel<1>), Kernel("test::op", kernel<1>)};
  CHECK(file.method(kernels).error() == Error::OperatorMissing);
}

TEST(a_kernel_for_just_these_tensors_is_preferred) {
  LoadedFile file(one_call());
  const Kernel kernels[] = {Kernel("test::op.out", kernel<1>),
                            Kernel("test::op.out", KernelKey("v1/6;0|6;0|6;0"), kernel<2>),
                            Kernel("test::op.out", KernelKey("v1/4;0|4;0|4;0"), kernel<3>)};
  auto method = file.method(kernels);
  CHECK(method.ok() && method->execute() == Error::Ok && called == 2);
  auto other = file.method({kernels + 2, 1});
  CHECK(other.error() == Error::OperatorMissing);
}

TEST(instructions_name_only_what_exists) {
  for (int wrong = 0; wrong < 4; ++wrong) {
    ProgramWriter w;
    const int32_t a = w.tensor(planned(0));
    const int32_t op = w.op("test::op", "out");
    if (wrong == 0) w.call(op, {a, a + 1});
    if (wrong == 1) w.call(op + 1, {a});
    if (wrong == 2) w.call_delegate(0, {a});
    if (wrong == 3) w.jump_unless(a, 2);
    w.method("forward", {}, {a}, {32});
    LoadedFile file(w.finish());
    const Kernel kernels[] = {Kernel("test::op.out", kernel<1>)};
    CHECK(file.program().ok() && file.method(kernels).error() == Error::InvalidProgram);
  }
}

TEST(an_operator_costs_sixteen_bytes_beside_its_tensor) {
  size_t bytes[2] = {};
  for (const int count : {100, 200}) {
    ProgramWriter w;
    int32_t at = w.tensor(planned(0));
    const int32_t op = w.op("test::op", "out");
    for (int call = 0; call < count; ++call) {
      const int32_t out = w.tensor(planned(call % 2 == 0 ? 16 : 0));
      w.call(op, {at, out, out});
      at = out;
    }
    w.method("forward", {}, {at}, {32});
    LoadedFile file(w.finish());
    const Kernel kernels[] = {Kernel("test::op.out", kernel<1>)};
    CHECK(file.method(kernels).ok());
    bytes[count / 100 - 1] = file.method_bytes();
  }
  const size_t tensor = sizeof(EValue) + sizeof(executorch::runtime::etensor::TensorImpl);
  CHECK(bytes[1] - bytes[0] == 100 * (tensor + sizeof(executorch::runtime::Instruction)));
  CHECK(sizeof(executorch::runtime::Instruction) == 2 * sizeof(void*));
}

TEST(delegates_get_their_data_and_are_undone_in_reverse) {
  static CountingBackend backend;
  CHECK(executorch::runtime::register_backend({"Counting", &backend}) == Error::Ok);
  {
    LoadedFile file(delegates(2));
    const auto method = file.method();
    CHECK(method.ok() && CountingBackend::last_size == 3 && CountingBackend::last_key == 'k');
  }
  CHECK(CountingBackend::ended_count == 2 && CountingBackend::ended[0] == 1 && CountingBackend::ended[1] == 0);

  CountingBackend::begun = CountingBackend::ended_count = 0;
  LoadedFile file(delegates(3));
  CHECK(file.method().error() == Error::DelegateInvalidCompatibility);
  CHECK(CountingBackend::ended_count == 2 && CountingBackend::ended[0] == 1 && CountingBackend::ended[1] == 0);
}

TEST(a_backend_that_nobody_registered_is_not_found) {
  ProgramWriter w;
  w.inline_delegate_data({1});
  w.delegate("Absent", false, 0, "key", "value");
  w.method("forward", {}, {}, {});
  LoadedFile file(w.finish());
  CHECK(file.method().error() == Error::NotFound);
}

TEST_MAIN()
