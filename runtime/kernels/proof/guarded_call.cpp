#include "guarded_call.h"

#include <executorch/runtime/kernel/kernel_runtime_context.h>
#include <executorch/runtime/platform/platform.h>

#include <cstdio>
#include <cstdlib>

#if !defined(__wasi__)
#include <csetjmp>
#include <csignal>
#endif

namespace etbuild::proof {

using executorch::runtime::PalImpl;

namespace {

char last_message[512];
const char* announced_name = "";
int announced_number = 0;

void keep_message(et_timestamp_t, et_pal_log_level_t, const char*, const char*, size_t, const char* message, size_t) {
  std::snprintf(last_message, sizeof(last_message), "%s", message);
}

#if !defined(__wasi__)
std::jmp_buf place_to_go_on;

void go_on() { std::longjmp(place_to_go_on, 1); }

void tell_crash(int signal) {
  std::printf("CRASHED with signal %d in call %d of %s\n", signal, announced_number, announced_name);
  std::fflush(stdout);
  std::_Exit(1);
}
#else
constexpr pal_abort_method go_on = nullptr;
#endif

void prepare() {
  static bool prepared = false;
  if (prepared) return;
  prepared = true;
  executorch::runtime::register_pal(
      PalImpl::create(nullptr, go_on, nullptr, nullptr, keep_message, nullptr, nullptr, "guarded_call.cpp"));
#if !defined(__wasi__) && !defined(__SANITIZE_ADDRESS__)
  for (int each : {SIGSEGV, SIGFPE, SIGILL, SIGABRT}) std::signal(each, tell_crash);
#endif
}

}  // namespace

bool returns(executorch::runtime::OpFunction kernel, executorch::runtime::KernelRuntimeContext& context,
             executorch::runtime::Span<executorch::runtime::EValue*> arguments) {
  prepare();
  last_message[0] = 0;
#if !defined(__wasi__)
  if (setjmp(place_to_go_on) != 0) return false;
#endif
  kernel(context, arguments);
  return true;
}

std::string last_log_message() { return last_message; }

void announce(const char* name, int number) {
  announced_name = name;
  announced_number = number;
}

}  // namespace etbuild::proof
