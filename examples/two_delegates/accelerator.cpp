#include "accelerator.h"

#include <atomic>
#include <chrono>
#include <new>
#include <thread>

using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Result;
using executorch::runtime::Span;

namespace {

constexpr auto kTime = std::chrono::milliseconds(50);

std::atomic<int> at_work{0};
std::atomic<int> most{0};

// One of the device's jobs.
struct Job {
  std::thread device;
  std::atomic<bool> is_done{false};

  void run(const float* from, float* to, ssize_t count) {
    const int now = ++at_work;
    if (now > most) most = now;
    std::this_thread::sleep_for(kTime);
    for (ssize_t index = 0; index < count; ++index) to[index] = from[index] + 1;
    --at_work;
    is_done = true;
  }
};

}  // namespace

Result<executorch::runtime::DelegateHandle*> Accelerator::init(
    executorch::runtime::BackendInitContext& context, executorch::runtime::FreeableBuffer* /*processed*/,
    executorch::runtime::ArrayRef<executorch::runtime::CompileSpec> /*specs*/) const {
  Job* room = context.get_runtime_allocator()->allocateInstance<Job>();
  if (room == nullptr) return Error::MemoryAllocationFailed;
  return static_cast<executorch::runtime::DelegateHandle*>(new (room) Job());
}

Error Accelerator::start(executorch::runtime::BackendExecutionContext& /*context*/,
                         executorch::runtime::DelegateHandle* handle, Span<EValue*> args) const {
  if (args.size() != 2 || !args[0]->isTensor() || !args[1]->isTensor()) return Error::InvalidArgument;
  auto* job = static_cast<Job*>(handle);
  if (job->device.joinable()) job->device.join();
  job->is_done = false;
  const float* from = args[0]->toTensor().const_data_ptr<float>();
  float* to = args[1]->toTensor().mutable_data_ptr<float>();
  const ssize_t count = args[0]->toTensor().numel();
  job->device = std::thread([job, from, to, count] { job->run(from, to, count); });
  return Error::Ok;
}

Result<bool> Accelerator::poll(executorch::runtime::DelegateHandle* handle) const {
  return static_cast<Job*>(handle)->is_done.load();
}

void Accelerator::destroy(executorch::runtime::DelegateHandle* handle) const {
  auto* job = static_cast<Job*>(handle);
  if (job->device.joinable()) job->device.join();
  job->~Job();
}

int Accelerator::most_at_work() { return most.exchange(0); }
