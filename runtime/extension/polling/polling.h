// Delegates that work while the processor does something else, without a change of ExecuTorch's interface: a backend
// offers `start` and `poll`, and a PollingMethod runs a method up to where a delegate is at work, and returns.
//
// Works with any runtime behind ExecuTorch's headers: a method that is not polled (`Method::execute`, Module) waits.
//
//     PollingMethod left(&first), right(&second);
//     bool left_done = false, right_done = false;
//     while (!left_done || !right_done) {           // Both delegates are at work at once.
//       if (!left_done) left_done = *left.poll();
//       if (!right_done) right_done = *right.poll();
//     }

#pragma once

#include <executorch/runtime/backend/interface.h>
#include <executorch/runtime/executor/method.h>

namespace etbuild {

// A backend whose delegates need not be waited for. Each handle is started again only when it is done.
class PollingBackend : public executorch::runtime::BackendInterface {
 public:
  // Begins a delegate's work, and returns. `args` and the context's temporary memory end with the call; the values that
  // `args` points to, and their tensors, stay until the work is done.
  virtual executorch::runtime::Error start(executorch::runtime::BackendExecutionContext& context,
                                           executorch::runtime::DelegateHandle* handle,
                                           executorch::runtime::Span<executorch::runtime::EValue*> args) const = 0;

  // Whether the work that was started is done: true, false for not yet, or the error that ended it. Does not wait.
  virtual executorch::runtime::Result<bool> poll(executorch::runtime::DelegateHandle* handle) const = 0;

  // Starts the work. Below PollingMethod::poll that is all; elsewhere, waits for it.
  executorch::runtime::Error execute(executorch::runtime::BackendExecutionContext& context,
                                     executorch::runtime::DelegateHandle* handle,
                                     executorch::runtime::Span<executorch::runtime::EValue*> args) const final;
};

// Runs one method, a piece at a time. The method must outlive it, and not be executed or stepped by others meanwhile.
class PollingMethod final {
 public:
  explicit PollingMethod(executorch::runtime::Method* method) : method_(method) {}
  PollingMethod(const PollingMethod&) = delete;
  PollingMethod& operator=(const PollingMethod&) = delete;

  // Runs instructions until a delegate is at work (false: call again, it costs little) or the method has ended (true:
  // its outputs are there, and the next call begins anew). An error of an instruction is returned; another call tries
  // it again. The error of a delegate's work is returned by each call from then on: the method must be loaded again.
  executorch::runtime::Result<bool> poll();

  // Whether a delegate is at work: then neither the method nor its inputs may be touched.
  bool is_waiting() const { return backend_ != nullptr; }

 private:
  friend class PollingBackend;

  executorch::runtime::Method* method_;
  const PollingBackend* backend_ = nullptr;
  executorch::runtime::DelegateHandle* handle_ = nullptr;
  executorch::runtime::Error failure_ = executorch::runtime::Error::Ok;
};

}  // namespace etbuild
