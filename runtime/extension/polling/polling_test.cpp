// Two delegates at work at once, in threads of their own, polled from one; with our runtime and with the official one.
#include "polling.h"

#include <executorch/extension/data_loader/file_data_loader.h>
#include <executorch/runtime/executor/program.h>
#include <executorch/runtime/platform/runtime.h>

#include <atomic>
#include <memory>
#include <new>
#include <thread>
#include <vector>

#include "check.h"

using etbuild::PollingBackend;
using etbuild::PollingMethod;
using executorch::aten::ScalarType;
using executorch::aten::Tensor;
using executorch::aten::TensorImpl;
using executorch::extension::FileDataLoader;
using executorch::runtime::ArrayRef;
using executorch::runtime::BackendExecutionContext;
using executorch::runtime::BackendInitContext;
using executorch::runtime::CompileSpec;
using executorch::runtime::DelegateHandle;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::FreeableBuffer;
using executorch::runtime::HierarchicalAllocator;
using executorch::runtime::MemoryAllocator;
using executorch::runtime::MemoryManager;
using executorch::runtime::Method;
using executorch::runtime::Program;
using executorch::runtime::Result;
using executorch::runtime::Span;

namespace {

// How many delegates are at work now, and how many must have been at once before any may end.
std::atomic<int> at_work{0};
std::atomic<int> must_meet{1};
std::atomic<int> have_met{0};
std::atomic<bool> fails{false};

// A delegate: a thread that adds 1 to each number, and ends once as many others are at work as must be.
struct Work {
  std::thread thread;
  std::atomic<bool> is_done{false};

  void run(const float* from, float* to, ssize_t count) {
    const int now = ++at_work;
    if (now >= must_meet) have_met = now;
    while (have_met < must_meet) std::this_thread::yield();
    for (ssize_t index = 0; index < count; ++index) to[index] = from[index] + 1;
    --at_work;
    is_done = true;
  }
};

class ThreadBackend final : public PollingBackend {
 public:
  bool is_available() const override { return true; }

  Result<DelegateHandle*> init(BackendInitContext& context, FreeableBuffer*, ArrayRef<CompileSpec>) const override {
    Work* room = context.get_runtime_allocator()->allocateInstance<Work>();
    if (room == nullptr) return Error::MemoryAllocationFailed;
    return static_cast<DelegateHandle*>(new (room) Work());
  }

  Error start(BackendExecutionContext&, DelegateHandle* handle, Span<EValue*> args) const override {
    auto* work = static_cast<Work*>(handle);
    if (work->thread.joinable()) work->thread.join();
    work->is_done = false;
    const float* from = args[0]->toTensor().const_data_ptr<float>();
    float* to = args[1]->toTensor().mutable_data_ptr<float>();
    const ssize_t count = args[0]->toTensor().numel();
    work->thread = std::thread([work, from, to, count] { work->run(from, to, count); });
    return Error::Ok;
  }

  Result<bool> poll(DelegateHandle* handle) const override {
    if (!static_cast<Work*>(handle)->is_done) return false;
    if (fails) return Error::AccessFailed;
    return true;
  }

  void destroy(DelegateHandle* handle) const override {
    auto* work = static_cast<Work*>(handle);
    if (work->thread.joinable()) work->thread.join();
    work->~Work();
  }
};

// A method with memory of its own, from a program that others may use as well.
class Loaded final {
 public:
  Loaded(const Program& program, const char* name)
      : memory_(64), span_{memory_.data(), memory_.size()}, planned_({&span_, 1}), manager_(&allocator_, &planned_) {
    auto method = program.load_method(name, &manager_);
    CHECK(method.ok());
    if (method.ok()) method_ = std::make_unique<Method>(std::move(*method));
  }

  Method* method() { return method_.get(); }

  void set(size_t index, float number) {
    float data[4] = {number, number, number, number};
    int32_t sizes[] = {2, 2};
    uint8_t dim_order[] = {0, 1};
    int32_t strides[] = {2, 1};
    TensorImpl impl(ScalarType::Float, 2, sizes, data, dim_order, strides);
    CHECK(method_->set_input(EValue(Tensor(&impl)), index) == Error::Ok);
  }
  bool gives(size_t index, float number) const {
    const float* data = method_->get_output(index).toTensor().const_data_ptr<float>();
    return data[0] == number && data[3] == number;
  }

 private:
  std::vector<uint8_t> memory_;
  Span<uint8_t> span_;
  alignas(16) uint8_t room_[8192];
  MemoryAllocator allocator_{sizeof room_, room_};
  HierarchicalAllocator planned_;
  MemoryManager manager_;
  std::unique_ptr<Method> method_;
};

const Program& program() {
  static auto loader = FileDataLoader::from("runtime/extension/testing/delegates.pte");
  static auto loaded = Program::load(&*loader);
  return *loaded;
}

// Polls until the method ends; the error of a poll ends it, too.
Error poll_to_end(PollingMethod* method) {
  while (true) {
    const auto done = method->poll();
    if (!done.ok()) return done.error();
    if (*done) return Error::Ok;
    std::this_thread::yield();
  }
}

}  // namespace

TEST(two_delegates_are_at_work_at_once) {
  Loaded left(program(), "one");
  Loaded right(program(), "one");
  for (int round = 0; round < 3; ++round) {
    left.set(0, static_cast<float>(round));
    right.set(0, 10);
    // Neither ends before both have begun: who waited for one would wait for ever.
    have_met = 0;
    must_meet = 2;
    PollingMethod left_polled(left.method());
    PollingMethod right_polled(right.method());
    bool left_done = false;
    bool right_done = false;
    while (!left_done || !right_done) {
      if (!left_done) left_done = *left_polled.poll();
      if (!right_done) right_done = *right_polled.poll();
    }
    CHECK(left.gives(0, static_cast<float>(round + 1)) && right.gives(0, 11));
  }
}

TEST(instructions_wait_for_the_delegate_before_them) {
  must_meet = 1;
  have_met = 0;
  Loaded both(program(), "two");
  both.set(0, 1);
  both.set(1, 2);
  PollingMethod polled(both.method());
  CHECK(!polled.is_waiting());
  CHECK(poll_to_end(&polled) == Error::Ok && both.gives(0, 2) && both.gives(1, 3));
  CHECK(!polled.is_waiting());
  both.set(0, 5);
  CHECK(poll_to_end(&polled) == Error::Ok && both.gives(0, 6) && both.gives(1, 3));
}

TEST(a_method_that_is_not_polled_waits) {
  must_meet = 1;
  have_met = 0;
  Loaded both(program(), "two");
  both.set(0, 1);
  both.set(1, 2);
  CHECK(both.method()->execute() == Error::Ok && both.gives(0, 2) && both.gives(1, 3));
}

TEST(an_error_of_the_work_is_told_by_whoever_asks) {
  must_meet = 1;
  have_met = 0;
  fails = true;
  Loaded both(program(), "two");
  both.set(0, 1);
  both.set(1, 2);
  PollingMethod polled(both.method());
  CHECK(poll_to_end(&polled) == Error::AccessFailed && polled.poll().error() == Error::AccessFailed);
  Loaded executed(program(), "one");
  executed.set(0, 1);
  CHECK(executed.method()->execute() == Error::AccessFailed);
  fails = false;
}

int main() {
  executorch::runtime::runtime_init();
  static ThreadBackend backend;
  CHECK(executorch::runtime::register_backend({"TestBackend", &backend}) == Error::Ok);
  return etbuild::testing::run_all();
}
