#include "guarded_call.h"

#include <executorch/runtime/kernel/kernel_runtime_context.h>
#include <executorch/runtime/platform/platform.h>

#include <cstdio>

// Where there are no signals, a crash ends the test.
#if !defined(__wasi__) && !defined(ETBUILD_BARE_METAL)
#define HAS_SIGNALS 1
#else
#define HAS_SIGNALS 0
#endif

#if HAS_SIGNALS
#include <csetjmp>
#include <csignal>
#endif

namespace etbuild::proof {

using executorch::runtime::PalImpl;

namespace {

char last_message[512];

void keep_message(et_timestamp_t, et_pal_log_level_t, const char*, const char*, size_t, const char* message, size_t) {
  std::snprintf(last_message, sizeof(last_message), "%s", message);
}

#if HAS_SIGNALS
constexpr int kAborted = -1;
jmp_buf place_to_go_on;

void go_on() { longjmp(place_to_go_on, kAborted); }

// It stays blocked while it is handled: it is let through again.
void go_on_after(int number) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, number);
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
  longjmp(place_to_go_on, number);
}
#else
constexpr pal_abort_method go_on = nullptr;
#endif

}  // namespace

void prepare_calls() {
  executorch::runtime::register_pal(
      PalImpl::create(nullptr, go_on, nullptr, nullptr, keep_message, nullptr, nullptr, "guarded_call.cpp"));
#if HAS_SIGNALS && !defined(__SANITIZE_ADDRESS__)
  for (int number : {SIGSEGV, SIGFPE, SIGILL, SIGABRT}) std::signal(number, go_on_after);
#endif
}

std::string not_returned(executorch::runtime::OpFunction kernel, executorch::runtime::KernelRuntimeContext& context,
                         executorch::runtime::Span<executorch::runtime::EValue*> arguments) {
  last_message[0] = 0;
#if HAS_SIGNALS
  const int how = setjmp(place_to_go_on);
  if (how == kAborted) return "aborted: " + last_log_message();
  if (how != 0) return "crashed with signal " + std::to_string(how);
#endif
  kernel(context, arguments);
  return {};
}

std::string last_log_message() { return last_message; }

}  // namespace etbuild::proof
