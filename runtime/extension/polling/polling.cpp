#include "polling.h"

namespace etbuild {

using executorch::runtime::BackendExecutionContext;
using executorch::runtime::DelegateHandle;
using executorch::runtime::Error;
using executorch::runtime::EValue;
using executorch::runtime::Result;
using executorch::runtime::Span;

namespace {

// Below which poll() this thread is: a backend's `execute` is told no more than its own arguments.
#if defined(__linux__) || defined(_WIN32) || defined(__APPLE__)
thread_local
#endif
    PollingMethod* current = nullptr;

}  // namespace

Error PollingBackend::execute(BackendExecutionContext& context, DelegateHandle* handle, Span<EValue*> args) const {
  // What a backend calls while it starts is a run of its own.
  PollingMethod* const waiting = current;
  current = nullptr;
  const Error error = start(context, handle, args);
  current = waiting;
  if (error != Error::Ok) return error;
  if (waiting != nullptr) {
    waiting->backend_ = this;
    waiting->handle_ = handle;
    return Error::Ok;
  }
  while (true) {
    const auto done = poll(handle);
    if (!done.ok()) return done.error();
    if (*done) return Error::Ok;
  }
}

Result<bool> PollingMethod::poll() {
  if (failure_ != Error::Ok) return failure_;
  while (true) {
    if (backend_ != nullptr) {
      const auto done = backend_->poll(handle_);
      if (done.ok() && !*done) return false;
      backend_ = nullptr;
      if (!done.ok()) return failure_ = done.error();
    }
    PollingMethod* const outer = current;
    current = this;
    const Error error = method_->step();
    current = outer;
    if (error == Error::EndOfMethod) break;
    if (error != Error::Ok) return error;
  }
  const Error error = method_->reset_execution();
  if (error != Error::Ok) return error;
  return true;
}

}  // namespace etbuild
