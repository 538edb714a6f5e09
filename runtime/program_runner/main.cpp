// program_runner: calls a .pte on this device with arrays from .npy files. Arguments to options, results to text.

#include <cstdio>

#include "llama_kernels.h"
#include "program_options.h"
#include "program_runner.h"
#include "quiet_runtime.h"

namespace etbuild::runner {
namespace {

constexpr int kFailed = 1;
constexpr int kMistake = 2;

int complain(const Status& status) {
  std::fprintf(stderr, "error: %s\n", status.message().c_str());
  return status.code() == StatusCode::kBadArgument || status.code() == StatusCode::kUnreadable ? kMistake : kFailed;
}

int start(int count, const char* const* words) {
  keep_runtime_messages();
  // Programs with custom attention need them; without them those programs say what is missing.
  if (kernels::llama::register_llama_kernels() != executorch::runtime::Error::Ok) {
    return complain({StatusCode::kFailed, "the kernels of llama could not be registered"});
  }
  ProgramOptions options;
  const Status parsed = parse_program_options(count - 1, words + 1, &options);
  if (!parsed.ok()) return complain(parsed);
  if (options.show_help) {
    std::printf("%s", kProgramUsage);
    return 0;
  }
  std::string text;
  const Status status = run_program(options, &text);
  std::printf("%s", text.c_str());
  std::fflush(stdout);
  return status.ok() ? 0 : complain(status);
}

}  // namespace
}  // namespace etbuild::runner

int main(int count, char** words) { return etbuild::runner::start(count, words); }
